"""Fills a server with what the pages are to show; prints the ids as JSON."""

import json
import sys

import matplotlib.pyplot as plt
import mlflow
import pandas as pd
from mlflow import MlflowClient

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()

HTML = """<h1>hello</h1><p id='where'>static</p>
<script>document.getElementById('where').textContent = 'script ran in ' + self.origin</script>"""


class Same(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input


def fill_run(name, rate, frame):
    """A run with histories, many metrics, a dataset, and artifacts of several kinds."""
    with mlflow.start_run(run_name=name) as run:
        mlflow.log_params({"rate": rate, "optimizer": "adam"})
        mlflow.set_tag("team", "tour")
        for step in range(40):
            mlflow.log_metrics(
                {"loss": rate / (step + 1), "accuracy": 1 - rate / (step + 2)}, step=step
            )
        mlflow.log_metrics({f"extra/metric_{n}": n * rate for n in range(20)})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="tour-data"), context="training")
        mlflow.log_text("plain words of an artifact", "notes/plain.txt")
        mlflow.log_text("column_a,column_b\n1,2\n", "table.csv")
        mlflow.log_text(HTML, "page.html")
        mlflow.log_text("# Heading\n\nwords\n", "readme.md")
        mlflow.log_table({"question": ["q1", "q2"], "answer": ["a1", "a2"]}, "answers.json")
        figure = plt.figure(figsize=(0.64, 0.48), dpi=100)
        mlflow.log_figure(figure, "picture.png", save_kwargs={"dpi": 100})
        return run.info.run_id


def fill_registry(run_id, frame):
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.pyfunc.log_model(
            name="model", python_model=Same(), input_example=frame, pip_requirements=[]
        )
    for _ in range(2):
        mlflow.register_model(logged.model_uri, "tour-model")
    client.update_registered_model("tour-model", description="**Bold** words about the model")
    client.set_registered_model_alias("tour-model", "champion", "1")
    client.set_registered_model_tag("tour-model", "owner", "tour")
    for words, message in (("once", "first"), ("twice", "second")):
        mlflow.genai.register_prompt(
            name="tour-prompt", template="Say {{word}} " + words, commit_message=message
        )
    mlflow.genai.set_prompt_alias("tour-prompt", alias="production", version=1)


def fill_traces(experiment):
    mlflow.set_experiment(experiment_id=experiment)

    @mlflow.trace(span_type="RETRIEVER")
    def look_up(question):
        return ["page one", "page two"]

    @mlflow.trace(name="answer-question")
    def answer(question):
        return f"{len(look_up(question))} pages about {question}"

    for question in ("herons", "otters"):
        answer(question)
        mlflow.flush_trace_async_logging()
    trace_id = mlflow.get_last_active_trace_id()
    mlflow.log_feedback(trace_id=trace_id, name="helpful", value=True, rationale="to the point")
    mlflow.set_trace_tag(trace_id, "team", "tour")


def kind_of(name, kind):
    """Makes an experiment whose kind is said: the pages would guess it, and ask the user."""
    return client.create_experiment(name, tags={"mlflow.experimentKind": kind})


def main():
    experiment = kind_of("browser-tour", "custom_model_development")
    genai = kind_of("browser-traces", "genai_development")
    mlflow.set_experiment(experiment_id=experiment)
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [2, 4, 6]})
    with mlflow.start_run(run_name="parent-run"):
        for index in range(2):
            with mlflow.start_run(run_name=f"child-{index}", nested=True):
                mlflow.log_metric("depth", index)
    names = (("alpha-run", 0.1), ("beta-run", 0.2), ("gamma-run", 0.4))
    runs = [fill_run(name, rate, frame) for name, rate in names]
    fill_registry(runs[0], frame)
    fill_traces(genai)
    print(json.dumps({"experiment": experiment, "runs": runs, "genai": genai}))


main()
