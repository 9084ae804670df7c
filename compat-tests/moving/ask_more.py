"""Asks a server questions with filters, orders and pages, and writes the answers as JSON."""

import json
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType

uri, target = sys.argv[1:]
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()


def pages(search, told, size, **arguments):
    """All pages, each as what is told of its items."""
    found, token = [], None
    while True:
        page = search(max_results=size, page_token=token, **arguments)
        # A page may be the last one and empty, which is as good as none.
        found.extend([[told(item) for item in page]] if page else [])
        token = page.token
        if not token:
            return found


def name(item):
    return item.name


def run(item):
    return [item.info.run_id, item.info.run_name, dict(item.data.params), dict(item.data.tags)]


def version(item):
    return [item.name, int(item.version), item.current_stage, dict(item.tags), item.source]


def trace(item):
    return [item.info.trace_id, dict(item.info.tags), dict(item.info.trace_metadata)]


experiments = client.search_experiments(view_type=ViewType.ALL)
ids = sorted((experiment.experiment_id for experiment in experiments), key=int)


def runs(size=7, view=ViewType.ALL, **arguments):
    return pages(
        client.search_runs, run, size, experiment_ids=ids, run_view_type=view, **arguments
    )


def traces(size=2, **arguments):
    return pages(client.search_traces, trace, size, locations=ids, **arguments)


def files(folder_of):
    """Paths and sizes below a folder."""
    found, folders = [], [None]
    while folders:
        for file in folder_of(folders.pop()):
            found.append([file.path, file.file_size])
            if file.is_dir:
                folders.append(file.path)
    return sorted(found)


with_files = [item for item in client.search_runs(ids) if client.list_artifacts(item.info.run_id)]
with tempfile.TemporaryDirectory() as folder:
    downloads = {}
    for item in with_files:
        path = client.download_artifacts(item.info.run_id, "a/b.txt", folder)
        with open(path, encoding="utf-8") as file:
            downloads[item.info.run_id] = file.read()

answers = {
    "experiments by name": pages(
        client.search_experiments, name, 1, view_type=ViewType.ALL, order_by=["name DESC"]
    ),
    "experiments by tag": pages(
        client.search_experiments, name, 5, filter_string="tags.team = 'grün'"
    ),
    "experiments like": pages(
        client.search_experiments, name, 5, filter_string="name ILIKE '%LPHA%'"
    ),
    "runs in pages": runs(order_by=["attributes.start_time ASC", "attributes.run_id"]),
    "runs by metric": runs(order_by=["metrics.loss ASC", "attributes.run_id"]),
    "runs by parameter": runs(order_by=["params.p DESC", "attributes.run_id"]),
    "runs with parameter": runs(filter_string="params.p = '2'"),
    "runs with tag": runs(filter_string="tags.t LIKE '%1%'"),
    "runs with dataset": runs(filter_string="datasets.name = 'nd'"),
    "runs with big number": runs(filter_string="metrics.big >= 3", order_by=["run_id"]),
    "runs that failed": runs(filter_string="attributes.status = 'FAILED'"),
    "runs that were deleted": runs(view=ViewType.DELETED_ONLY),
    "models in pages": pages(
        client.search_registered_models, name, 1, order_by=["name ASC"]
    ),
    "models by tag": pages(
        client.search_registered_models, name, 5, filter_string="tags.a = 'b'"
    ),
    "models like": pages(
        client.search_registered_models, name, 5, filter_string="name LIKE 'm%'"
    ),
    "versions in pages": pages(
        client.search_model_versions, version, 2, order_by=["name ASC", "version_number DESC"]
    ),
    "versions by name": pages(
        client.search_model_versions, version, 9, filter_string="name = 'mödel one'"
    ),
    "versions by tag": pages(
        client.search_model_versions, version, 9, filter_string="tags.x = '1'"
    ),
    "latest in stages": sorted(version(item) for item in client.get_latest_versions("mödel one")),
    "latest in production": [
        version(item) for item in client.get_latest_versions("mödel one", ["Production"])
    ],
    "aliases": dict(client.get_registered_model("mödel one").aliases),
    "custom stage": version(client.get_model_version("staged", "1")),
    "traces in pages": traces(order_by=["timestamp_ms ASC"]),
    "traces by name": traces(filter_string="attributes.name = 'called'"),
    "traces by tag": traces(filter_string="tags.tt = '1'", order_by=["timestamp_ms DESC"]),
    "traces of runs": {
        item.info.run_id: sorted(
            found.info.trace_id for found in client.search_traces(locations=ids, run_id=item.info.run_id)
        )
        for item in client.search_runs(ids)
    },
    "logged models by tag": [
        item.model_id for item in client.search_logged_models(ids, filter_string="tags.s = 't'")
    ],
    "logged models by metric": [
        item.model_id
        for item in client.search_logged_models(
            ids, filter_string="metrics.acc > 0.1", order_by=[{"field_name": "metrics.acc"}]
        )
    ],
    "prompts": [
        [mlflow.genai.load_prompt(f"prompts:/greet/{number}").template, number] for number in (1, 2)
    ],
    "files": {
        item.info.run_id: files(lambda path, i=item: client.list_artifacts(i.info.run_id, path))
        for item in with_files
    },
    "downloads": downloads,
    "model file": mlflow.artifacts.load_text("models:/filed/1/model.txt"),
}
with open(target, "w", encoding="utf-8") as file:
    json.dump(answers, file, indent=1, sort_keys=True, default=str)
