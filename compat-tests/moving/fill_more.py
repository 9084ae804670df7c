"""Adds to fill.py what is there with us alone, or hard to move out."""

import sys

import mlflow
import requests
from mlflow import MlflowClient

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()
experiment = client.get_experiment_by_name("älpha ✓").experiment_id


def many_runs():
    for number in range(20):
        run = client.create_run(experiment, run_name=f"many {number}", start_time=1000 + number // 3)
        client.log_metric(run.info.run_id, "loss", number % 5)
        client.set_terminated(run.info.run_id)


def files():
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_text("hi", "a/b.txt")
        mlflow.log_text("a model", "model/model.txt")
    client.create_registered_model("filed")
    client.create_model_version("filed", f"{run.info.artifact_uri}/model", run.info.run_id)


def costs():
    @mlflow.trace
    def priced():
        cost = {"input_cost": 0.25, "output_cost": 1.0, "total_cost": 1.25}
        with mlflow.start_span("llm", span_type="LLM") as span:
            span.set_attribute("mlflow.llm.cost", cost)
            span.set_attribute("mlflow.llm.model", "gpt")

    mlflow.set_experiment(experiment_id=experiment)
    priced()
    mlflow.flush_trace_async_logging()


def custom_stage():
    """A stage beside MLflow's four, of a policy that names one."""
    stages = "[{name: Canary, acts_as: Staging}]"
    policy = f"profiles: [{{name: p, models: [staged], mode: observe, stages: {stages}}}]"
    answer = requests.put(
        f"{uri}/api/governance/v1/policy", json={"policy_yaml": policy}, timeout=30
    )
    answer.raise_for_status()
    client.create_registered_model("staged")
    client.create_model_version("staged", "s3://nowhere/model")
    client.transition_model_version_stage("staged", "1", "Canary")


many_runs()
files()
costs()
custom_stage()
client.create_webhook(
    "sealed", "https://1.1.1.1/s", ["model_version.created"], secret="s3cret of a receiver"
)
