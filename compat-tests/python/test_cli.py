"""The `mlflow` program: at least one command of every group is started as a process."""

import csv
import json
import os
import subprocess
import sys

import mlflow
import pytest
from click.testing import CliRunner
from mlflow.cli import cli as commands
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from support import URL, requires_mlflow, tree, unique

CLI_URL = os.environ.get("RUNLEDGER_COMPAT_CLI_URL", URL).rstrip("/")


def program(*arguments):
    """Runs the installed program as a user does."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mlflow", *map(str, arguments)],
        env={**os.environ, "MLFLOW_TRACKING_URI": CLI_URL},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def started(*arguments):
    """What the program prints when started on its own. It must succeed."""
    done = program(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cli(*arguments):
    """The same command inside this process, which saves the seconds a start takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", CLI_URL)
        done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_experiments(client):
    name, new = unique("cli"), unique("renamed")

    created = started("experiments", "create", "-n", name)
    experiment_id = client.get_experiment_by_name(name).experiment_id
    assert f"Created experiment '{name}' with id {experiment_id}" in created

    cli("experiments", "rename", "-x", experiment_id, "--new-name", new)
    assert client.get_experiment(experiment_id).name == new

    cli("experiments", "delete", "-x", experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert new in cli("experiments", "search", "--view", "deleted_only")

    cli("experiments", "restore", "-x", experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"
    found = cli("experiments", "search", "--view", "active_only")
    assert new in found
    assert f"mlflow-artifacts:/{experiment_id}" in found


def test_an_error_is_shown(client):
    failed = program("experiments", "delete", "-x", "987654321")
    assert failed.returncode != 0
    assert "No Experiment with id=987654321 exists" in failed.stderr


def test_runs(client, experiment):
    ids = {}
    for name in ("first", "second"):
        run = client.create_run(experiment, run_name=name)
        ids[name] = run.info.run_id
        client.log_param(run.info.run_id, "p", name)
        client.log_metric(run.info.run_id, "m", 0.5, timestamp=1000, step=1)
        client.set_terminated(run.info.run_id)

    described = json.loads(cli("runs", "describe", "--run-id", ids["first"]))
    assert described["info"]["run_id"] == ids["first"]
    assert described["info"]["status"] == "FINISHED"
    assert described["data"]["params"] == {"p": "first"}
    assert described["data"]["metrics"] == {"m": 0.5}

    cli("runs", "delete", "--run-id", ids["second"])
    assert client.get_run(ids["second"]).info.lifecycle_stage == "deleted"
    listed = started("runs", "list", "--experiment-id", experiment)
    assert ids["first"] in listed
    assert ids["second"] not in listed
    cli("runs", "restore", "--run-id", ids["second"])
    assert client.get_run(ids["second"]).info.lifecycle_stage == "active"

    cli("experiments", "csv", "-x", experiment, "-o", "runs.csv")
    with open("runs.csv", encoding="utf-8", newline="") as file:
        rows = {row["run_id"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(ids.values())
    for name, run_id in ids.items():
        assert (rows[run_id]["params.p"], rows[run_id]["metrics.m"]) == (name, "0.5")


@requires_mlflow("3.10")
def test_newer_commands(client, experiment):
    name = unique("cli")
    cli("runs", "create", "--experiment-id", experiment, "--run-name", name, "-t", "a=b")
    (run,) = client.search_runs([experiment])
    assert (run.info.run_name, run.info.status, run.data.tags["a"]) == (name, "FINISHED", "b")
    found = json.loads(cli("experiments", "get", "-x", experiment, "--output", "json"))
    assert found["experiment_id"] == experiment


def test_artifacts(run_id, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.txt").write_text("one")
    (source / "two words.txt").write_text("two")

    cli("artifacts", "log-artifact", "-l", source / "one.txt", "-r", run_id, "-a", "single")
    cli("artifacts", "log-artifacts", "-l", source, "-r", run_id, "-a", "all")

    listed = json.loads(cli("artifacts", "list", "-r", run_id, "-a", "all"))
    assert [file["path"] for file in listed] == ["all/one.txt", "all/two words.txt"]
    assert all(str(file["file_size"]) == "3" and not file["is_dir"] for file in listed)

    target = tmp_path / "target"
    target.mkdir()
    printed = started("artifacts", "download", "-r", run_id, "-a", "all", "-d", target)
    assert str(target / "all") in printed
    assert tree(target / "all") == ["one.txt", "two words.txt"]
    cli("artifacts", "download", "-u", f"runs:/{run_id}/single/one.txt", "-d", target)
    assert "one.txt" in tree(target)
    assert (target / "one.txt").read_text() == "one"


def test_models(experiment):
    features, labels = load_iris(return_X_y=True, as_frame=True)
    model = LogisticRegression(max_iter=500).fit(features, labels)
    name = unique("cli-model")
    with mlflow.start_run():
        mlflow.sklearn.log_model(
            model,
            "model",
            signature=infer_signature(features, model.predict(features)),
            registered_model_name=name,
            pip_requirements=["scikit-learn"],
        )
    features.iloc[::30].to_csv("rows.csv", index=False)
    uri = f"models:/{name}/1"
    options = ["-t", "csv", "--env-manager", "local", "-i", "rows.csv", "-o", "answer.json"]
    started("models", "predict", "-m", uri, *options)
    with open("answer.json", encoding="utf-8") as file:
        assert json.load(file)["predictions"] == model.predict(features.iloc[::30]).tolist()

    cli("models", "generate-dockerfile", "-m", uri, "-d", "docker")
    assert "Dockerfile" in os.listdir("docker")


@requires_mlflow("2.22")
def test_update_of_a_models_requirements(run_id, experiment):
    model = LogisticRegression().fit([[0], [1]], [0, 1])
    with mlflow.start_run(run_id=run_id):
        info = mlflow.sklearn.log_model(model, "model", pip_requirements=["scikit-learn"])
    started("models", "update-pip-requirements", "-m", info.model_uri, "add", "six==1.16.0")
    local = mlflow.artifacts.download_artifacts(artifact_uri=info.model_uri)
    with open(os.path.join(local, "requirements.txt"), encoding="utf-8") as file:
        assert "six==1.16.0" in file.read().split()
