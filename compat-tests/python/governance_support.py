"""People with roles on a server that asks callers to sign in, and models with evidence."""

import json
import urllib.error
import urllib.request
from base64 import b64encode

from auth_server import ADMIN, PASSWORD
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag
from support import unique

SECRET = "a long password of tests"

CARD = """\
name: "{name}"
version: "{version}"
intended_use: "Analyzing user engagement in video calls."
limitations: "Performance drops in low-light conditions."
training_dataset: "internal_video_dataset_v4"
fairness_metrics: {{demographic_parity: 0.95, equal_opportunity: 0.92}}
owner: "ai-vision-team"
{more}"""


def call(url, path, /, who=(ADMIN, PASSWORD), method="POST", **body):
    """One request as JSON; the status and the body of the answer."""
    request = urllib.request.Request(
        f"{url}{path}",
        method=method,
        data=None if method == "GET" else json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Basic {b64encode(':'.join(who).encode()).decode()}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def role_id(url, name):
    """The role of this name that lets edit all models; it is made where it is missing."""
    roles = "/api/3.0/mlflow/roles"
    call(url, f"{roles}/create", name=name, workspace="default")
    _, listed = call(url, f"{roles}/list?workspace=default", method="GET")
    (found,) = [role["id"] for role in listed["roles"] if role["name"] == name]
    for kind in ("registered_model", "experiment"):
        grant = {"resource_type": kind, "resource_pattern": "*", "permission": "EDIT"}
        call(url, f"{roles}/permissions/add", role_id=found, **grant)
    return found


class Person:
    """Somebody with an account, whose clients are signed in as he."""

    def __init__(self, url, *roles):
        self.url = url
        self.name = unique("user")
        status, body = call(
            url, "/api/2.0/mlflow/users/create", username=self.name, password=SECRET
        )
        assert status == 200, body
        for role in roles:
            given = {"username": self.name, "role_id": role_id(url, role)}
            status, body = call(url, "/api/3.0/mlflow/roles/assign", **given)
            assert status == 200, body

    def client(self, monkeypatch):
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", self.name)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", SECRET)
        return MlflowClient(tracking_uri=self.url, registry_uri=self.url)

    def call(self, path, method="POST", **body):
        return call(self.url, path, (self.name, SECRET), method, **body)


def trained_version(client, name, evidence=True):
    """A version from a run that has logged all that the built-in profile asks for."""
    experiment = client.create_experiment(unique("experiment"))
    run = client.create_run(experiment)
    run_id = run.info.run_id
    if evidence:
        client.set_tag(run_id, "mlflow.source.git.commit", "a" * 40)
        client.set_tag(run_id, "data_contract.uri", "https://contracts.example.org/video/4")
        client.log_param(run_id, "n_layers", "4")
        client.log_metric(run_id, "latency_p95", 0.2)
        client.log_metric(run_id, "latency_p99", 0.4)
        dataset = Dataset(name="video", digest="d1", source_type="local", source="video.csv")
        tags = [InputTag("mlflow.data.context", "training")]
        client.log_inputs(run_id, [DatasetInput(dataset, tags)])
    source = f"{run.info.artifact_uri}/model"
    return client.create_model_version(name, source, run_id).version


def attach_card(client, name, version, more=""):
    text = CARD.format(name=name, version=version, more=more)
    client.set_model_version_tag(name, version, "model_card", text)
