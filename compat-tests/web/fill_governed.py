"""Trains and registers a model that lacks its card only, as the user of the environment."""

import sys

import mlflow
import pandas as pd
from mlflow import MlflowClient

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()


class Same(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input


@mlflow.trace
def answer(question):
    with mlflow.start_span(name="look up") as span:
        span.set_inputs({"question": question})
    return "four"


experiment = mlflow.set_experiment("governed").experiment_id
frame = pd.DataFrame({"age": [31, 42], "spend": [10.5, 20.0]})
with mlflow.start_run() as run:
    mlflow.set_tag("mlflow.source.git.commit", "3f786850e387550fdab836ed7e6dc881de23001b")
    mlflow.set_tag("data_contract.uri", "https://contracts.example.org/video/4")
    mlflow.log_params({"n_layers": 4})
    mlflow.log_metrics({"latency_p95": 0.21, "latency_p99": 0.38})
    mlflow.log_input(mlflow.data.from_pandas(frame, name="video"), context="training")
    logged = mlflow.pyfunc.log_model(
        name="model", python_model=Same(), input_example=frame, pip_requirements=[]
    )
mlflow.register_model(logged.model_uri, "governed")
client.transition_model_version_stage("governed", "1", "Staging")
answer("How much is two and two?")
mlflow.flush_trace_async_logging()
mlflow.genai.register_prompt(name="greeting", template="Hello {{name}},\nhow are you?")
mlflow.genai.register_prompt(name="greeting", template="Good day {{name}},\nhow are you?")
print(experiment)
