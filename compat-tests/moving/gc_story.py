"""Deletes things on a server and collects them, and tells what is left after each command.

What goes and what stays is told by names, which are the same on every server.
"""

import json
import os
import subprocess
import sys

import mlflow
from click.testing import CliRunner
from mlflow import MlflowClient
from mlflow.cli import gc
from mlflow.entities import ViewType

uri, store, artifacts, target, *program = sys.argv[1:]
os.environ["MLFLOW_TRACKING_URI"] = uri
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient()
names = {}


def experiment(name):
    names[name] = client.create_experiment(name)
    return names[name]


def run(name, within, deleted=True):
    run_id = client.create_run(within, run_name=name).info.run_id
    names[name] = run_id
    client.log_metric(run_id, "loss", 1.0)
    client.log_param(run_id, "p", name)
    client.log_text(run_id, name, "deep/file.txt")
    client.set_terminated(run_id)
    if deleted:
        client.delete_run(run_id)


def model(name, within, deleted=True):
    made = mlflow.create_external_model(name, experiment_id=within)
    names[name] = made.model_id
    if deleted:
        client.delete_logged_model(made.model_id)


def files():
    found = []
    known = {each: name for name, each in names.items()}
    for folder, _, inside in os.walk(artifacts):
        parts = os.path.relpath(folder, artifacts).split(os.sep)
        found += ["/".join([*(known.get(part, part) for part in parts), each]) for each in inside]
    return sorted(found)


def left():
    experiments = client.search_experiments(view_type=ViewType.ALL)
    ids = [each.experiment_id for each in experiments]
    return {
        "experiments": sorted(each.name for each in experiments),
        "runs": sorted(
            each.info.run_name for each in client.search_runs(ids, run_view_type=ViewType.ALL)
        ),
        "models": sorted(each.name for each in client.search_logged_models(ids)),
        "files": files(),
    }


def collect(*args):
    command = [*args, "--backend-store-uri", store, "--artifacts-destination", artifacts]
    if program:
        ended = subprocess.run([*program, "gc", *command], capture_output=True, text=True)
        failed, printed = ended.returncode != 0, ended.stdout
    else:
        ended = CliRunner().invoke(gc, command)
        failed, printed = ended.exit_code != 0, ended.output
    lines = [line for line in printed.splitlines() if "permanently deleted" in line]
    for name, known in sorted(names.items(), key=lambda pair: -len(pair[1])):
        if len(known) > 4:
            lines = [line.replace(known, name) for line in lines]
    return {
        "args": [next((n for n, each in names.items() if each == arg), arg) for arg in args],
        "failed": failed,
        "runs told": sorted(line for line in lines if line.startswith("Run with")),
        "left": left(),
    }


alive = experiment("alive")
run("kept", alive, deleted=False)
for name in ("first", "second", "third"):
    run(name, alive)
run("restored", alive)
client.restore_run(names["restored"])
model("kept model", alive, deleted=False)
for name in ("gone", "also gone"):
    run(f"run of {name}", experiment(name), deleted=False)

# mlflow gc takes all deleted things of the kinds that are not named with it, so that kinds take turns.
steps = [
    collect("--older-than", "10d"),
    collect("--run-ids", names["kept"]),
    collect("--run-ids", names["first"], "--older-than", "10d"),
    collect("--run-ids", names["first"]),
    collect("--older-than", "0.000001s"),
]
model("model one", alive)
steps += [
    collect("--logged-model-ids", names["model one"]),
]
client.delete_experiment(names["gone"])
steps.append(collect("--experiment-ids", names["gone"]))
client.delete_experiment(names["also gone"])
steps.append(collect())
with open(target, "w", encoding="utf-8") as file:
    json.dump(steps, file, indent=1)
