"""What servers of models do, with roles: who watches, who loads what, and who takes it back."""

import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.request
from base64 import b64encode

import mlflow
import pytest
from auth_server import auth_server, free_port
from governance_support import SECRET, Person, attach_card, call, trained_version
from support import requires_mlflow, unique

OWN = "/api/governance/v1"
ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("serving")) as found:
        yield found


@pytest.fixture(scope="module")
def people(url):
    return {
        "ds": Person(url, "data-scientist"),
        "lead": Person(url, "lead"),
        "server": Person(url, "serving"),
        "on-call": Person(url, "on-call"),
    }


@pytest.fixture
def as_(people, monkeypatch):
    return lambda who: people[who].client(monkeypatch)


@pytest.fixture
def model(as_):
    """A model whose version 2 serves, and version 1 did before."""
    name = unique("model")
    as_("ds").create_registered_model(name)
    for version in ("1", "2"):
        made = trained_version(as_("ds"), name)
        attach_card(as_("ds"), name, made)
        as_("lead").transition_model_version_stage(name, version, "Production", True)
    return name


def stages(client, name):
    return [client.get_model_version(name, version).current_stage for version in ("1", "2")]


def logged(as_, name, monkeypatch):
    """Version 3 of a model: files that are a model, which a stock client has logged."""
    client = as_("ds")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", client.tracking_uri)
    mlflow.set_tracking_uri(client.tracking_uri)
    mlflow.set_registry_uri(client.tracking_uri)

    class Twice(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return [2 * value for value in model_input["x"]]

    with mlflow.start_run(experiment_id=client.create_experiment(unique("experiment"))):
        mlflow.pyfunc.log_model(
            "model", python_model=Twice(), registered_model_name=name, pip_requirements=[]
        )
    return "3"


class Stream:
    """Server-sent events, as they come."""

    def __init__(self, person, model, last=None):
        headers = {"Authorization": f"Basic {b64encode(f'{person.name}:{SECRET}'.encode()).decode()}"}
        if last is not None:
            headers["Last-Event-ID"] = last
        request = urllib.request.Request(
            f"{person.url}{OWN}/watch?models={model}", headers=headers
        )
        self.answer = urllib.request.urlopen(request, timeout=30)
        self.events = []
        self.ended = None
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        event = {}
        for line in self.answer:
            text = line.decode().rstrip("\n")
            if text:
                key, _, value = text.partition(": ")
                event[key] = value
            elif "data" in event:
                self.events.append({**event, "data": json.loads(event["data"]), "at": time.time()})
                event = {}
        self.ended = time.time()

    def until(self, fits):
        deadline = time.time() + 20
        while time.time() < deadline:
            for event in list(self.events):
                if fits(event):
                    return event
            time.sleep(0.005)
        raise AssertionError(self.events)


def test_who_is_on_call_rolls_back_and_the_bad_version_needs_a_new_approval(as_, people, model):
    path = f"{OWN}/models/{model}/rollback"
    status, body = people["ds"].call(path, stage="Production", reason="It answers nonsense.")
    assert (status, body["error_class"]) == (403, "STAGE_ROLE_REQUIRED")
    stream = Stream(people["server"], model)
    assert stream.until(lambda one: one["event"] == "snapshot")["data"]["stages"] == {
        "Production": "2"
    }
    status, body = people["on-call"].call(path, stage="Production", reason="It answers nonsense.")
    committed = time.time()
    assert (status, body["version"], body["quarantined"]) == (200, "1", ["2"])
    back = stream.until(lambda one: one["data"].get("stage") == "Production")
    print(f"commit to watcher: {round(1000 * (back['at'] - committed))} ms")
    assert back["at"] - committed < 1
    assert stages(as_("ds"), model) == ["Production", "Archived"]
    assert as_("ds").get_model_version(model, "2").tags["gov.status"] == "quarantined"

    with pytest.raises(mlflow.MlflowException, match="APPROVAL_REQUIRED"):
        as_("ds").transition_model_version_stage(model, "2", "Production", True)
    as_("lead").transition_model_version_stage(model, "2", "Production", True)
    assert stages(as_("ds"), model) == ["Archived", "Production"]
    assert "gov.status" not in as_("ds").get_model_version(model, "2").tags


def test_archiving_what_serves_brings_the_last_good_version_back(as_, people, model):
    as_("lead").transition_model_version_stage(model, "2", "Archived")
    assert stages(as_("ds"), model) == ["Production", "Archived"]
    status, body = people["ds"].call(f"{OWN}/models/{model}/versions/1/activities", method="GET")
    assert body["activities"][0]["activity_type"] == "SYSTEM_TRANSITION"
    path = f"{OWN}/models/{model}/live/periods?target=Production"
    _, body = people["ds"].call(path, method="GET")
    assert [one["version"] for one in body["periods"]] == ["1", "2", "1"]


def test_a_server_is_told_what_is_approved_and_never_what_is_newest(people, model):
    resolve = f"{OWN}/resolve?uri=models:/{model}"
    status, body = people["server"].call(f"{resolve}/Production", method="GET")
    assert (status, body["version"], body["previous"]["version"]) == (200, "2", "1")
    status, body = people["server"].call(f"{resolve}/latest", method="GET")
    assert (status, body["error_class"]) == (400, "LATEST_NOT_ALLOWED")
    status, body = people["server"].call(f"{resolve}/Staging", method="GET")
    assert (status, body["error_class"]) == (404, "NO_MATCHING_VERSION")


def test_a_right_that_is_taken_away_ends_a_stream_within_two_seconds(url, model):
    leaver = Person(url, "serving")
    stream = Stream(leaver, model)
    stream.until(lambda one: one["event"] == "snapshot")
    status, _ = call(url, "/api/2.0/mlflow/users/delete", method="DELETE", username=leaver.name)
    assert status == 200
    began = time.time()
    stream.thread.join(timeout=10)
    assert stream.ended is not None
    print(f"revoked: the stream ended after {round(1000 * (stream.ended - began))} ms")
    assert stream.ended - began < 2.5


def test_who_loads_what_is_known_and_what_nobody_approved_is_flagged(as_, people, model, monkeypatch, tmp_path):
    version = logged(as_, model, monkeypatch)
    client = as_("server")
    client.get_model_version_download_uri(model, "2")
    mlflow.artifacts.download_artifacts(f"models:/{model}/{version}", dst_path=str(tmp_path))
    deadline = time.time() + 20
    found = {}
    while time.time() < deadline and len(found) < 2:
        _, body = people["lead"].call(f"{OWN}/models/{model}/consumers", method="GET")
        found = {
            one["version"]: one
            for one in body["consumers"]
            if one["principal"] == people["server"].name
        }
        time.sleep(0.2)
    assert found["2"]["flags"] == []
    assert found[version]["flags"] == ["unapproved"]
    assert found[version]["is_serving"] is True
    assert found["2"]["user_agent"].startswith("mlflow-python-client/")
    # Files of a version are no shadow of it where the version was asked for by its name.
    _, body = call(client.tracking_uri, f"{OWN}/shadow-loads", method="GET")
    assert [one for one in body["loads"] if one["principal"] == people["server"].name] == []


@requires_mlflow("3.0")
def test_files_that_a_server_loads_past_the_registry_are_found(url, as_, monkeypatch, tmp_path):
    client = as_("ds")
    sneak = Person(url, "serving")
    mlflow.set_tracking_uri(client.tracking_uri)
    with mlflow.start_run(experiment_id=client.create_experiment(unique("experiment"))):
        made = mlflow.pyfunc.log_model(
            name="model", python_model=lambda model_input: model_input, pip_requirements=[]
        )
    sneak.client(monkeypatch)
    mlflow.artifacts.download_artifacts(f"models:/{made.model_id}", dst_path=str(tmp_path))
    deadline = time.time() + 20
    mine = []
    while time.time() < deadline and not mine:
        _, body = call(url, f"{OWN}/shadow-loads", method="GET")
        mine = [one for one in body["loads"] if made.model_id in one["location"]]
        time.sleep(0.2)
    assert [one["principal"] for one in mine] == [sneak.name]


@requires_mlflow("3.0")
def test_kserve_loads_an_archive_by_any_selector(as_, people, model, monkeypatch, tmp_path):
    environment = ROOT / ".test-env" / "kserve-storage"
    subprocess.run(
        ["node", ROOT / "scripts" / "python-envs.mjs", "kserve-storage"], check=True, timeout=600
    )
    version = logged(as_, model, monkeypatch)
    as_("lead").set_registered_model_alias(model, "trial", version)
    server = people["server"]
    sign_in = {"Authorization": f"Basic {b64encode(f'{server.name}:{SECRET}'.encode()).decode()}"}
    program = "import sys; from kserve_storage import Storage; Storage.download(*sys.argv[1:])"
    for selector in (version, "@trial"):
        folder = tmp_path / selector.strip("@")
        folder.mkdir()
        subprocess.run(
            [
                *[environment / "bin" / "python", "-c", program],
                *[f"{server.url}/serve/{model}/{selector}/model.tar.gz", str(folder)],
            ],
            env={**os.environ, "127.0.0.1-headers": json.dumps(sign_in)},
            check=True,
            timeout=120,
        )
        assert (folder / "MLmodel").is_file()
        monkeypatch.delenv("MLFLOW_TRACKING_USERNAME", raising=False)
        loaded = mlflow.pyfunc.load_model(str(folder))
        assert list(loaded.predict({"x": [1, 2]})) == [2, 4]


@requires_mlflow("3.0")
def test_mlflow_models_serve_takes_any_selector(as_, model, monkeypatch):
    version = logged(as_, model, monkeypatch)
    as_("lead").transition_model_version_stage(model, version, "Staging")
    as_("server")
    port = free_port()
    program = pathlib.Path(os.sys.executable).parent / "mlflow"
    command = [program, "models", "serve", "-m", f"models:/{model}/Staging"]
    process = subprocess.Popen(
        [*command, "--env-manager", "local", "--port", str(port), "--host", "127.0.0.1"],
        env={
            **os.environ,
            "MLFLOW_REGISTRY_URI": mlflow.get_registry_uri(),
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        },
        start_new_session=True,
    )
    try:
        body = json.dumps({"dataframe_split": {"columns": ["x"], "data": [[1], [2]]}}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        deadline = time.time() + 90
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert json.load(answer)["predictions"] == [2, 4]
                    break
            except OSError:
                assert process.poll() is None and time.time() < deadline
                time.sleep(0.3)
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


def test_anybody_who_may_make_models_may_drill(people):
    status, body = people["ds"].call(f"{OWN}/drills", poll_seconds=1)
    assert status == 200, body
    for one in body["drill"]["measured"]:
        print(one["what"], one.get("milliseconds", one.get("note")), "budget", one["budget"])
    assert body["drill"]["within_budget"] is True
    _, listed = people["ds"].call(f"{OWN}/drills", method="GET")
    assert listed["drills"][0] == body["drill"]
