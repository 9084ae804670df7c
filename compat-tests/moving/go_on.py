"""Goes on working on a server: everything new must be found next to what was there."""

import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()

before = {each.experiment_id for each in client.search_experiments(view_type=ViewType.ALL)}
experiment = client.create_experiment("new here")
assert experiment not in before and int(experiment) > max(map(int, before))

old = client.get_experiment_by_name("älpha ✓").experiment_id
for each in (experiment, old):
    with mlflow.start_run(experiment_id=each, run_name="new") as run:
        mlflow.log_param("p", "new")
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_text("new", "n.txt")
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/n.txt") == "new"
found = client.search_runs([experiment, old], "params.p = 'new' and metrics.loss = 0.5")
assert len(found) == 2, found

continued = client.search_runs([old], "attributes.run_name = 'run 1'")[0].info.run_id
client.log_metric(continued, "loss", 7.0, step=100)
assert client.get_run(continued).data.metrics["loss"] == 7.0
assert len(client.get_metric_history(continued, "loss")) == 51

version = client.create_model_version("mödel one", "s3://nowhere/m", continued)
assert version.version == "4", version
client.set_registered_model_alias("mödel one", "champion", "4")
client.transition_model_version_stage("mödel one", "4", "Production")
latest = client.get_latest_versions("mödel one", ["Production"])
assert [found.version for found in latest] == ["4"], latest
assert client.get_model_version_by_alias("mödel one", "champion").version == "4"
assert mlflow.genai.register_prompt("greet", "Hey {{name}}").version == 3

mlflow.set_experiment(experiment_id=old)
with mlflow.start_span("new span") as span:
    span.set_inputs({"a": 1})
mlflow.flush_trace_async_logging()
[trace] = client.search_traces(locations=[old], filter_string="attributes.name = 'new span'")
mlflow.log_feedback(trace_id=trace.info.trace_id, name="new", value=1.0)
[older] = client.search_traces(locations=[old], filter_string="attributes.name = 'priced'")
mlflow.log_feedback(trace_id=older.info.trace_id, name="late", value=True)
client.set_trace_tag(older.info.trace_id, "late", "yes")
assert client.get_trace(older.info.trace_id).info.tags["late"] == "yes"

[dataset] = mlflow.genai.datasets.search_datasets(experiment_ids=[old])
dataset.merge_records([{"inputs": {"q": "new"}}, {"inputs": {"q": 2}, "outputs": "zwei"}])
assert len(dataset.to_df()) == 3

client.delete_run(continued)
client.delete_registered_model("empty")
client.delete_webhook(client.list_webhooks()[0].webhook_id)
client.delete_traces(old, trace_ids=[older.info.trace_id])
