"""Asks a server for all that fill.py has left on it, and writes the answers as JSON."""

import json
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.genai.datasets import search_datasets
from mlflow.genai.scorers import list_scorers

uri, target = sys.argv[1:]
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()


def plain(value):
    """NaN is not equal to itself, so that floats are told as texts."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (str, int, bool, type(None))):
        return value
    if isinstance(value, dict):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    for name in ("to_dictionary", "to_dict"):
        if hasattr(value, name):
            return plain(getattr(value, name)())
    return plain(vars(value)) if hasattr(value, "__dict__") else str(value)


def dataset(found):
    return {"is": plain(found.to_dict()), "records": json.loads(found.to_df().to_json())}


experiments = client.search_experiments(view_type=ViewType.ALL)
ids = [experiment.experiment_id for experiment in experiments]
named = [experiment.experiment_id for experiment in experiments if experiment.name == "älpha ✓"]
runs = client.search_runs(ids, run_view_type=ViewType.ALL, order_by=["attributes.run_id"])
models = client.search_registered_models()
with_file = [run for run in runs if client.list_artifacts(run.info.run_id)]


def run_ids(*args, **kwargs):
    return [run.info.run_id for run in client.search_runs(ids, *args, **kwargs)]


def trace_ids(text):
    return [t.info.trace_id for t in client.search_traces(locations=ids, filter_string=text)]


def deleted_models():
    """Logged models that nothing lists, but that runs, versions and folders name."""
    outputs = [model.model_id for run in runs for model in run.outputs.model_outputs]
    sources = [version.source for version in client.search_model_versions()]
    versions = [source.split("/")[1] for source in sources if source.startswith("models:/m-")]
    place = client.get_experiment(named[0]).artifact_location
    folders = mlflow.artifacts.list_artifacts(artifact_uri=f"{place}/models")
    found = {*outputs, *versions, *(folder.path.split("/")[-1] for folder in folders)}
    listed = {model.model_id for model in client.search_logged_models(ids)}
    store = client._tracking_client.store
    return [store.get_logged_model(one, allow_deleted=True) for one in sorted(found - listed)]


answers = {
    "experiments": sorted(plain(experiments), key=lambda each: int(each["_experiment_id"])),
    "runs": plain(runs),
    "filtered runs": run_ids("metrics.loss < 0.5 and params.p = '1'"),
    "ordered runs": run_ids(order_by=["metrics.bad desc", "attributes.run_id"]),
    "histories": {
        run.info.run_id: {
            key: plain(client.get_metric_history(run.info.run_id, key)) for key in run.data.metrics
        }
        for run in runs
    },
    "files": [
        mlflow.artifacts.load_text(f"{run.info.artifact_uri}/a/b.txt") for run in with_file
    ],
    "models": plain(models),
    "each model": [plain(client.get_registered_model(model.name)) for model in models],
    "versions": [
        plain(version)
        for version in sorted(client.search_model_versions(), key=lambda v: (v.name, int(v.version)))
    ],
    "alias": plain(client.get_model_version_by_alias("mödel one", "champion")),
    "download": client.get_model_version_download_uri("mödel one", "1"),
    "logged models": plain(client.search_logged_models(ids)),
    "deleted models": plain(deleted_models()),
    "traces": [plain(trace.to_dict()) for trace in client.search_traces(locations=ids)],
    "failed traces": trace_ids("attributes.status = 'ERROR'"),
    "named traces": trace_ids("trace.name = 'called'"),
    "session": trace_ids("metadata.`mlflow.trace.session` = 's1'"),
    "prompts": plain(mlflow.genai.search_prompts()),
    "prompt": plain(mlflow.genai.load_prompt("prompts:/greet@prod")),
    "datasets": [dataset(found) for found in search_datasets(experiment_ids=ids)],
    "scorers": [plain(scorer.model_dump()) for scorer in list_scorers(experiment_id=named[0])],
    "webhooks": plain(client.list_webhooks()),
}
with open(target, "w", encoding="utf-8") as file:
    json.dump(answers, file, indent=1, sort_keys=True, default=str)
