"""The life of a version's files where rules are enforced: registered, copied, packed, tampered with."""

import os
import pathlib
import subprocess
import threading
import time

import mlflow
import mlflow.pyfunc
import pytest
import requests
from auth_server import PROGRAM, free_port, wait_for
from click.testing import CliRunner
from mlflow.cli import cli
from mlflow.exceptions import MlflowException
from support import requires_mlflow, unique

pytestmark = requires_mlflow("2.22")

OWN = "/api/governance/v1"
SWEEP_SECONDS = 3


class Echo(mlflow.pyfunc.PythonModel):
    def __init__(self, factor=1):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return [self.factor * value for value in model_input]


class Server:
    def __init__(self, folder):
        self.files = folder / "artifacts"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [
            *["node", PROGRAM, "server", "--port", str(port), "--governance", "enforce"],
            *["--backend-store-uri", f"sqlite:///{folder}/governed.db"],
            *["--artifacts-destination", str(self.files)],
            *["--sweep-seconds", str(SWEEP_SECONDS)],
        ]
        with open(folder / "server.log", "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self.url, self.process, folder)

    def own(self, method, path, **body):
        sent = {} if method == "GET" else {"json": body}
        answer = requests.request(method, f"{self.url}{OWN}{path}", timeout=30, **sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def folder_of(self, name, version):
        """Where the files of a version lie on the server's disk."""
        uri = mlflow.MlflowClient().get_model_version_download_uri(name, version)
        return self.files / uri.removeprefix("mlflow-artifacts:/")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("governed"))
    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    try:
        mlflow.set_tracking_uri(started.url)
        mlflow.set_registry_uri(started.url)
        yield started
    finally:
        mlflow.set_tracking_uri(before[0])
        mlflow.set_registry_uri(before[1])
        started.process.terminate()
        started.process.wait(timeout=30)


def log_model(name, factor=1):
    with mlflow.start_run(experiment_id="0"):
        mlflow.pyfunc.log_model(
            "model", python_model=Echo(factor), registered_model_name=name, pip_requirements=[]
        )


def test_a_copy_leaves_behind_what_the_server_wrote_of_the_original(server):
    client = mlflow.MlflowClient()
    name, into = unique("origin"), unique("copy")
    log_model(name)
    client.set_model_version_tag(name, "1", "team", "faces")
    server.own("POST", f"/models/{name}/versions/1/quarantine", reason="It answers nonsense.")
    original = client.get_model_version(name, "1")
    assert original.tags["gov.status"] == "quarantined"

    copy = client.copy_model_version(f"models:/{name}/1", into)
    assert (copy.status, copy.current_stage) == ("READY", "None")
    assert client.get_model_version(into, copy.version).tags == {"semver": "1.0.0", "team": "faces"}
    with pytest.raises(MlflowException) as refused:
        client.create_model_version(into, f"models:/{name}/1", tags={"gov.status": "fine"})
    assert "RESERVED_TAG" in str(refused.value.json)


def test_a_number_that_is_too_small_is_refused_before_there_is_a_version(server):
    client = mlflow.MlflowClient()
    name = unique("stepped")
    log_model(name)
    with mlflow.start_run(experiment_id="0") as run:
        logged = mlflow.pyfunc.log_model("model", python_model=Echo(2), pip_requirements=[])
    source = {"source": f"{run.info.artifact_uri}/model", "run_id": run.info.run_id}
    if mlflow.__version__ >= "3":
        source = {"source": f"models:/{logged.model_id}", "model_id": logged.model_id}
    began = time.monotonic()
    with pytest.raises(MlflowException) as refused:
        client.create_model_version(name, **source, tags={"semver": "1.0.1"})
    print(f"refused in {time.monotonic() - began:.2f} s")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    assert refused.value.json["error_class"] == "SEMVER_NOT_GREATER"
    assert "1.1.0 at least" in str(refused.value)
    assert len(client.search_model_versions(f"name = '{name}'")) == 1
    made = client.create_model_version(name, **source, tags={"semver": "1.1.0"})
    assert (made.version, made.status) in {("2", "READY"), (2, "READY")}


def test_a_broken_model_fails_to_register_and_says_why(server, tmp_path):
    (tmp_path / "MLmodel").write_text("flavors:\n  onnx: {data: model.onnx}\n", encoding="utf-8")
    (tmp_path / "model.onnx").write_bytes(b"this is no ONNX")
    with mlflow.start_run(experiment_id="0") as run:
        mlflow.log_artifacts(str(tmp_path), "model")
    name = unique("broken")
    mlflow.MlflowClient().create_registered_model(name)
    with pytest.raises(MlflowException) as failed:
        mlflow.MlflowClient().create_model_version(
            name, f"{run.info.artifact_uri}/model", run.info.run_id
        )
    assert "ONNX_INVALID" in str(failed.value)
    assert mlflow.MlflowClient().get_model_version(name, "1").status == "FAILED_REGISTRATION"


def test_files_that_were_changed_on_disk_are_found_told_and_kept_from_production(server):
    name = unique("tampered")
    log_model(name)
    client = mlflow.MlflowClient()
    assert "gov.artifacts" not in client.get_model_version(name, "1").tags
    with open(server.folder_of(name, "1") / "python_model.pkl", "ab") as file:
        file.write(b"!")
    began = time.monotonic()
    while client.get_model_version(name, "1").tags.get("gov.artifacts") != "tampered":
        assert time.monotonic() - began < 60
        time.sleep(0.2)
    print(f"found by the sweep after {time.monotonic() - began:.1f} s (every {SWEEP_SECONDS} s)")
    alerts = server.own("GET", f"/alerts?kind=artifacts.tampered&model={name}")["alerts"]
    (alert,) = [one for one in alerts if one["model"] == name]
    assert alert["details"]["changed_files"] == ["python_model.pkl"]
    with pytest.raises(MlflowException) as denied:
        client.transition_model_version_stage(name, "1", "Production")
    assert "ARTIFACT_TAMPERED" in str(denied.value.json)


def test_a_dockerfile_is_made_of_any_selector(server, tmp_path, monkeypatch):
    name = unique("packed")
    log_model(name)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(name, "trial", "1")
    client.transition_model_version_stage(name, "1", "Staging")
    policy = f"profiles:\n  - name: open\n    models: ['{name}']\n    mode: enforce\n"
    policy += "    serving: {range_candidates: any}\n"
    server.own("PUT", "/policy", policy_yaml=policy)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.url)
    selectors = ["@trial", "/Staging", "/1", "/1.0.0", "/^1.0", "/~1.0", "/1.x"]
    for at, selector in enumerate(selectors):
        folder = tmp_path / str(at)
        arguments = ["models", "generate-dockerfile", "-m", f"models:/{name}{selector}"]
        arguments += ["-d", str(folder)]
        done = CliRunner().invoke(cli, arguments)
        assert done.exit_code == 0, (selector, done.output, done.exception)
        assert (folder / "Dockerfile").is_file()
        assert list(pathlib.Path(folder).rglob("python_model.pkl")), selector


def test_a_drill_measures_webhooks_too_where_no_setting_lets_them_reach_this_machine(server):
    drill = server.own("POST", "/drills", poll_seconds=1)["drill"]
    for one in drill["measured"]:
        print(f"{one['what']}: {one.get('milliseconds')} ms (budget {one['budget']} ms)")
        assert "milliseconds" in one, one
    assert drill["within_budget"] is True
    # The drill's own receiver is the only one: nobody else's is reached on this machine.
    webhook = {"name": "inward", "url": "http://127.0.0.1:9/drill", "events": [
        {"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"}
    ]}
    answer = requests.post(f"{server.url}/api/2.0/mlflow/webhooks", json=webhook, timeout=30)
    assert answer.status_code == 400


# Once is enough: it takes as long as reading them does.
@requires_mlflow("3.12")
def test_a_client_waits_for_a_model_that_takes_long_to_be_looked_at(server):
    """Four gigabytes of nothing that were not uploaded, and so have to be read."""
    client = mlflow.MlflowClient()
    name = unique("large")
    client.create_registered_model(name)
    run = client.create_run("0")
    folder = server.files / run.info.artifact_uri.removeprefix("mlflow-artifacts:/") / "model"
    folder.mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n", encoding="utf-8")
    (folder / "weights.bin").touch()
    os.truncate(folder / "weights.bin", 4 * 1024**3)
    seen = []

    def look():
        while not ended.wait(0.3):
            found = client.search_model_versions(f"name = '{name}'")
            seen.extend(version.status for version in found)

    ended = threading.Event()
    looker = threading.Thread(target=look)
    looker.start()
    try:
        source = f"{run.info.artifact_uri}/model"
        made = client.create_model_version(name, source, run.info.run_id, await_creation_for=120)
    finally:
        ended.set()
        looker.join()
    assert seen[0] == "PENDING_REGISTRATION"
    assert client.get_model_version(name, made.version).status == "READY"
    # Else the sweep reads them again and again.
    client.delete_model_version(name, made.version)
