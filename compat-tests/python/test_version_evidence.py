"""What the server keeps of registered models, with a server of its own that enforces it."""

import os
import subprocess

import mlflow
import mlflow.pyfunc
import pytest
import requests
from auth_server import PROGRAM, free_port, wait_for
from mlflow.exceptions import MlflowException
from support import unique

CARD = """name: "{name}"
version: "1"
intended_use: "Analyzing user engagement in video calls."
limitations: "Performance drops in low-light conditions."
training_dataset: "internal_video_dataset_v4"
fairness_metrics: {{demographic_parity: 0.95}}
owner: "ai-vision-team"
"""


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    given = os.environ.get("RUNLEDGER_COMPAT_EVIDENCE_URL")
    if given:
        mlflow.set_tracking_uri(given)
        mlflow.set_registry_uri(given)
        yield given
        return
    folder = tmp_path_factory.mktemp("evidence")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        *["node", PROGRAM, "server", "--port", str(port), "--governance", "enforce"],
        *["--backend-store-uri", f"sqlite:///{folder}/evidence.db"],
        *["--artifacts-destination", f"{folder}/artifacts"],
    ]
    with open(f"{folder}/server.log", "wb") as log:
        process = subprocess.Popen(command, env=os.environ.copy(), stdout=log, stderr=log)
    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    try:
        wait_for(url, process, folder)
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        yield url
    finally:
        mlflow.set_tracking_uri(before[0])
        mlflow.set_registry_uri(before[1])
        process.terminate()
        process.wait(timeout=30)


def log_model(name):
    with mlflow.start_run(experiment_id="0") as run:
        mlflow.log_param("lr", 0.1)
        mlflow.pyfunc.log_model("model", python_model=Echo(), registered_model_name=name)
    return run.info.run_id


def test_a_registered_model_loads_by_its_number_and_by_a_range(server):
    name = unique("numbered")
    log_model(name)
    client = mlflow.MlflowClient()
    version = client.get_model_version(name, "1")
    assert version.status == "READY"
    assert version.tags["semver"] == "1.0.0"
    assert mlflow.pyfunc.load_model(f"models:/{name}/1.0.0").predict([1]) == [1]
    with pytest.raises(MlflowException) as refused:
        mlflow.pyfunc.load_model(f"models:/{name}/^1.0")
    assert "NO_MATCHING_VERSION" in str(refused.value)
    # Nothing of this model is fit for production: a profile lets ranges name what is not.
    policy = f"profiles:\n  - name: open\n    models: ['{name}']\n    mode: enforce\n"
    policy += "    serving: {range_candidates: any}\n"
    answer = requests.put(
        f"{server}/api/governance/v1/policy", json={"policy_yaml": policy}, timeout=10
    )
    assert answer.status_code == 200, answer.text
    assert mlflow.pyfunc.load_model(f"models:/{name}/^1.0").predict([1]) == [1]


def test_the_files_of_a_registered_model_stay_as_they_are(server, tmp_path):
    name = unique("frozen")
    run_id = log_model(name)
    client = mlflow.MlflowClient()
    source = client.get_model_version_download_uri(name, "1")
    file = tmp_path / "MLmodel"
    file.write_text("flavors: {}", encoding="utf-8")
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    with pytest.raises(Exception) as refused:
        get_artifact_repository(source).log_artifact(str(file))
    assert "403" in str(refused.value)
    assert mlflow.pyfunc.load_model(f"models:/{name}/1").predict([1]) == [1]
    client.log_text(run_id, "free", "notes.txt")


def test_a_card_is_attached_as_a_tag(server):
    name = unique("carded")
    log_model(name)
    client = mlflow.MlflowClient()
    client.set_model_version_tag(name, "1", "model_card", CARD.format(name=name))
    card = requests.get(f"{server}/api/governance/v1/models/{name}/versions/1/card", timeout=10).json()
    assert card["place"] == "tag"
    assert card["problems"] == []
    assert card["card"]["owner"] == "ai-vision-team"
