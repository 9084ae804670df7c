"""Fills a server with something of every kind that can be moved."""

import sys

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput, LoggedModelOutput, Metric, Param, RunTag
from mlflow.genai.scorers import Guidelines

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()


def points():
    loss = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(50)]
    return loss + [
        Metric("bad", float("nan"), 1, 0),
        Metric("bad", float("inf"), 2, 1),
        Metric("low", float("-inf"), 2, -5),
        Metric("big", 3.0, 9007199254740993, 9007199254740993),
        Metric("tie", 1.0, 5, 5),
        Metric("tie", 2.0, 5, 5),
    ]


def runs(experiment):
    ids = []
    ends = ["FINISHED", "FAILED", "KILLED", "FINISHED", "FINISHED", "FINISHED"]
    for number, end in enumerate(ends):
        tags = {"k": "v'\"\\ü\n", "mlflow.user": "ann"}
        run_id = client.create_run(experiment, run_name=f"run {number}", tags=tags).info.run_id
        params = [Param("p", str(number)), Param("long", "x" * 500)]
        client.log_batch(run_id, points(), params, [RunTag("t", str(number))])
        client.set_terminated(run_id, status=end)
        ids.append(run_id)
    client.delete_run(ids[-1])
    with mlflow.start_run(experiment_id=experiment):
        data = mlflow.data.from_numpy(np.array([[1, 2], [3, 4]]), name="nd")
        mlflow.log_input(data, context="train")
        mlflow.log_text("hello", "a/b.txt")
        mlflow.log_text("", "a/__init__.py")
    return ids


def registry(ids):
    name = "mödel one"
    client.create_registered_model(name, tags={"a": "b"}, description="d")
    for number, run_id in enumerate(ids[:3]):
        source = client.get_run(run_id).info.artifact_uri + "/model"
        tags = {"x": str(number)}
        client.create_model_version(name, source, run_id, tags=tags, description="v")
    client.transition_model_version_stage(name, "2", "Production")
    client.set_registered_model_alias(name, "champion", "2")
    client.delete_model_version(name, "3")
    client.create_registered_model("empty")
    mlflow.genai.register_prompt("greet", "Hello {{name}}", commit_message="one", tags={"l": "en"})
    mlflow.genai.register_prompt("greet", "Hi {{name}}")
    mlflow.genai.set_prompt_alias("greet", "prod", 1)


def logged_models(experiment):
    mlflow.create_external_model("ext", experiment_id=experiment, params={"q": "1"}, tags={"z": "y"})
    with mlflow.start_run(experiment_id=experiment) as run:
        model = mlflow.initialize_logged_model("lm", params={"lr": "1"}, tags={"s": "t"})
        mlflow.log_metric("acc", 0.5, step=3, model_id=model.model_id)
        mlflow.finalize_logged_model(model.model_id, "READY")
        client.log_inputs(run.info.run_id, models=[LoggedModelInput(model.model_id)])
        client.log_outputs(run.info.run_id, models=[LoggedModelOutput(model.model_id, 7)])


def deleted(experiment):
    """Deleted logged models that something names, and an experiment with a run."""
    with mlflow.start_run(experiment_id=experiment) as run:
        output = mlflow.initialize_logged_model("deleted output", tags={"of": "a run"})
        client.log_outputs(run.info.run_id, models=[LoggedModelOutput(output.model_id, 1)])
        filed = mlflow.initialize_logged_model("deleted with files", params={"q": "1"})
        client.log_model_artifact(filed.model_id, __file__)
        versioned = mlflow.initialize_logged_model("deleted with a version")
        client.create_registered_model("of a model")
        source = f"models:/{versioned.model_id}"
        client.create_model_version("of a model", source, model_id=versioned.model_id)
    for model in (output, filed, versioned):
        client.delete_logged_model(model.model_id)
    gone = client.create_experiment("gone with a run")
    client.set_terminated(client.create_run(gone).info.run_id)
    client.delete_experiment(gone)


def traces(experiment):
    @mlflow.trace
    def called(number):
        with mlflow.start_span("inner", span_type="LLM") as span:
            span.set_inputs({"x": number})
            span.set_outputs("ü")
            usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
            span.set_attribute("mlflow.chat.tokenUsage", usage)
        mlflow.update_current_trace(metadata={"mlflow.trace.session": "s1"}, tags={"tt": "1"})
        return number + 1

    @mlflow.trace
    def failing():
        raise ValueError("no")

    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(experiment_id=experiment):
        called(1)
        called(2)
    try:
        failing()
    except ValueError:
        pass
    mlflow.flush_trace_async_logging()
    found = [trace.info.trace_id for trace in client.search_traces(locations=[experiment])]
    for trace_id in found[:2]:
        mlflow.log_feedback(
            trace_id=trace_id, name="good", value=True, rationale="r", metadata={"m": "1"}
        )
        half = mlflow.log_feedback(trace_id=trace_id, name="num", value=0.5)
        mlflow.override_feedback(
            trace_id=trace_id, assessment_id=half.assessment_id, value=0.75
        )
        mlflow.log_expectation(trace_id=trace_id, name="exp", value={"a": [1, 2]})
    client.link_prompt_versions_to_trace([mlflow.genai.load_prompt("prompts:/greet/1")], found[0])


def evaluation(experiment):
    dataset = mlflow.genai.datasets.create_dataset(
        name="evalset", experiment_id=[experiment], tags={"g": "h"}
    )
    dataset.merge_records(
        [{"inputs": {"q": "ü"}, "expectations": {"a": 1}}, {"inputs": {"q": 2}, "outputs": "two"}]
    )
    Guidelines(name="pol", guidelines="be nice").register(experiment_id=experiment)


def webhooks():
    client.create_webhook("plain", "https://1.1.1.1/h", ["model_version.created"], description="x")


experiment = client.create_experiment("älpha ✓", tags={"team": "grün", "empty": ""})
client.delete_experiment(client.create_experiment("gone"))
registry(runs(experiment))
logged_models(experiment)
deleted(experiment)
traces(experiment)
evaluation(experiment)
webhooks()
