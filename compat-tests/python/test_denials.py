"""Each reason for a denial, as real clients meet it: one request, at once, with all it says."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest
import urllib3.connectionpool
from auth_server import auth_server
from governance_support import CARD, Person, attach_card, call, trained_version
from mlflow.exceptions import MlflowException
from mlflow.utils.rest_utils import http_request, verify_rest_response
from support import VERSION, unique

# Where nothing is asked for but what a row is about, and the approval.
OFF = """
    card: {required: false}
    lineage: {require_commit: false, require_clean: false, require_dataset: false, require_contract: false}
    hyperparameters: {require_any: false}
    metrics: {require_percentiles: []}
"""
POLICY = "profiles:\n" + "".join(
    f'  - name: {name}\n    models: ["{name}-*"]\n    mode: enforce{OFF}{more}'
    for name, more in {
        "plain": "",
        "onnx": "    format: {require: onnx}\n",
        "safe": "    format: {unsafe: deny}\n",
    }.items()
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("denials")


@pytest.fixture(scope="module")
def server(folder):
    with auth_server(folder) as url:
        status, body = call(url, "/api/governance/v1/policy", method="PUT", policy_yaml=POLICY)
        assert status == 200, body
        # Clients before 3.0 send files to where the fluent API logs to.
        before = mlflow.get_tracking_uri()
        mlflow.set_tracking_uri(url)
        yield url
        mlflow.set_tracking_uri(before)


@pytest.fixture(scope="module")
def people(server):
    return {
        "ds": Person(server, "data-scientist"),
        "lead": Person(server, "lead"),
        "serving": Person(server, "serving"),
    }


@pytest.fixture(autouse=True)
def default_retries(monkeypatch):
    for name in ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR"):
        monkeypatch.delenv(name)


class Place:
    """One model on the server, and the people who are about to do something with it."""

    def __init__(self, people, folder, monkeypatch, tmp_path):
        self.people, self.folder = people, folder
        self.monkeypatch, self.tmp_path = monkeypatch, tmp_path
        self.name = self.version = self.run_id = None

    def as_(self, who):
        return self.people[who].client(self.monkeypatch)

    def model(self, kind="full", evidence=True, files=None):
        """A version of a new model; `full` is what the built-in profile asks everything of."""
        ds = self.as_("ds")
        self.name = unique(kind)
        ds.create_registered_model(self.name)
        return self.another(evidence, files)

    def another(self, evidence=True, files=None):
        ds = self.as_("ds")
        if files is None:
            self.version = trained_version(ds, self.name, evidence)
            self.run_id = ds.get_model_version(self.name, self.version).run_id
            return self
        run = ds.create_run(ds.create_experiment(unique("experiment")))
        self.run_id = run.info.run_id
        for file, content in {"MLmodel": b"flavors: {}\n", **files}.items():
            path = self.tmp_path / file
            path.write_bytes(content)
            ds.log_artifact(self.run_id, str(path), "model")
        source = f"{run.info.artifact_uri}/model"
        try:
            self.version = ds.create_model_version(self.name, source, self.run_id).version
        except MlflowException as failure:
            # A client that waits for its registration is told why it failed.
            assert "FAILED_REGISTRATION" in str(failure)
            assert "ONNX_INVALID" in str(failure)
            self.version = "1"
        return self

    def card(self, more="", text=CARD, **other):
        values = {"name": self.name, "version": self.version, "more": more, **other}
        value = text.format(**values)
        self.as_("ds").set_model_version_tag(self.name, self.version, "model_card", value)
        return self

    def tag(self, key, value):
        self.as_("ds").set_tag(self.run_id, key, value)
        return self

    def serve(self):
        """Asked for by who has trained it, and approved by the lead."""
        with contextlib.suppress(MlflowException):
            self.promote("ds")
        self.promote("lead")
        return self

    def promote(self, who="ds", stage="Production", archive=False):
        client = self.as_(who)
        return client.transition_model_version_stage(self.name, self.version, stage, archive)

    def tamper(self):
        """Changes a file behind the server's back."""
        (file,) = (self.folder / "artifacts").glob(f"*/{self.run_id}/artifacts/model/weights.bin")
        file.write_bytes(b"another")
        return self

    def ask(self, who, path, **body):
        """A request of governance's own by the transport of MLflow's client."""
        creds = self.as_(who)._tracking_client.store.get_host_creds()
        return verify_rest_response(http_request(creds, path, "POST", json=body), path)

    def approve_own(self):
        asked = self.people["ds"].call(
            "/api/governance/v1/requests", name=self.name, version=self.version, stage="Production"
        )
        request_id = asked[1]["request"]["request_id"]
        return lambda: self.ask("ds", f"/api/governance/v1/requests/{request_id}/approve")


def onnx_of(content):
    return lambda place: place.model("onnx", files={"model.onnx": content}).promote


STATE, DENIED, INVALID = "INVALID_STATE", "PERMISSION_DENIED", "INVALID_PARAMETER_VALUE"
MISSING = "RESOURCE_DOES_NOT_EXIST"
UNREADABLE = {"data_contract.yaml": b"{", "weights.bin": b"weights"}

# The reason, the code, the status, and what makes all ready and returns what is denied.
ROWS = [
    ("MODEL_CARD_REQUIRED", STATE, 400, lambda p: p.model().promote),
    (
        *("MODEL_CARD_INVALID", STATE, 400),
        lambda p: p.model().card(text="name: {name}\nversion: 7\nowner: {version}\n").promote,
    ),
    (
        *("MODEL_CARD_EXPIRED", STATE, 400),
        lambda p: p.model().card('review_by: "2020-01-01"\n').promote,
    ),
    ("MODEL_CARD_MISMATCH", STATE, 400, lambda p: p.model().card(name="Another").promote),
    ("LINEAGE_REQUIRED", STATE, 400, lambda p: p.model(evidence=False).card().promote),
    (
        *("DIRTY_SOURCE", STATE, 400),
        lambda p: p.model().card().tag("mlflow.source.git.dirty", "true").promote,
    ),
    (
        *("DATA_CONTRACT_VIOLATION", STATE, 400),
        lambda p: p.model("plain", files=UNREADABLE).promote,
    ),
    (
        *("METRIC_GATE_FAILED", STATE, 400),
        lambda p: p.model(evidence=False).card().promote,
    ),
    (
        *("HYPERPARAMETERS_UNTRACKED", STATE, 400),
        lambda p: p.model(evidence=False).card().promote,
    ),
    ("ONNX_REQUIRED", STATE, 400, lambda p: p.model("onnx").promote),
    ("ONNX_INVALID", STATE, 400, onnx_of(b"no model at all")),
    (
        *("UNSAFE_FORMAT", STATE, 400),
        lambda p: p.model("safe", files={"model.pkl": b"\x80\x04N."}).promote,
    ),
    (
        *("ARTIFACT_TAMPERED", STATE, 400),
        lambda p: p.model("plain", files={"weights.bin": b"weights"}).tamper().promote,
    ),
    (
        *("STAGE_ROLE_REQUIRED", DENIED, 403),
        lambda p: (p.model("plain").serve(), lambda: p.promote(stage="Archived"))[1],
    ),
    ("APPROVAL_REQUIRED", DENIED, 403, lambda p: p.model("plain").promote),
    ("SEPARATION_OF_DUTIES", DENIED, 403, lambda p: p.model("plain").approve_own()),
    (
        *("RESERVED_TAG", DENIED, 403),
        lambda p: (
            p.model("plain"),
            lambda: p.as_("ds").set_model_version_tag(p.name, p.version, "gov.status", "good"),
        )[1],
    ),
    (
        *("DELETE_PROTECTED", DENIED, 403),
        lambda p: (p.model("plain").serve(), lambda: p.as_("ds").delete_run(p.run_id))[1],
    ),
    (
        *("UNKNOWN_STAGE", INVALID, 400),
        lambda p: (p.model("plain"), lambda: p.promote(stage="Nowhere"))[1],
    ),
    (
        *("SEMVER_INVALID", INVALID, 400),
        lambda p: (p.model("plain"), lambda: number(p, "version two"))[1],
    ),
    (
        *("SEMVER_NOT_GREATER", INVALID, 400),
        lambda p: (p.model("plain"), lambda: number(p, "0.9.0"))[1],
    ),
    (
        *("NO_MATCHING_VERSION", MISSING, 404),
        lambda p: (p.model("plain"), lambda: p.as_("ds").get_latest_versions(p.name, ["^9.0"]))[1],
    ),
    (
        *("LATEST_NOT_ALLOWED", STATE, 400),
        lambda p: (p.model("plain"), lambda: p.as_("serving").get_latest_versions(p.name))[1],
    ),
]


def number(place, semver):
    client = place.as_("ds")
    source = client.get_model_version(place.name, place.version).source
    tags = {"semver": semver}
    return client.create_model_version(place.name, source, place.run_id, tags=tags)


@pytest.fixture
def place(people, folder, monkeypatch, tmp_path):
    return Place(people, folder, monkeypatch, tmp_path)


@pytest.fixture
def refusals(monkeypatch):
    """Every answer of the server that is a refusal: a client that repeats itself leaves several."""
    seen = []
    plain = urllib3.connectionpool.HTTPConnectionPool._make_request

    def counting(pool, conn, method, url, *args, **kwargs):
        answer = plain(pool, conn, method, url, *args, **kwargs)
        if answer.status >= 400:
            seen.append(answer.status)
        return answer

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "_make_request", counting)
    return seen


@pytest.mark.parametrize(("reason", "code", "status", "prepare"), ROWS, ids=[row[0] for row in ROWS])
def test_a_denial_takes_one_request_and_says_why(place, refusals, reason, code, status, prepare):
    act = prepare(place)
    refusals.clear()
    began = time.monotonic()
    with pytest.raises(MlflowException) as caught:
        act()
    assert time.monotonic() - began < 2
    assert refusals == [status]
    check(caught.value, reason, code)


def check(error, reason, code):
    """A reason stands alone or among others, of which the gravest gives the code."""
    body = error.json
    info, failure = body["details"]
    told = [one["type"] for one in failure["violations"]]
    assert reason in told, body
    assert error.error_code == code == body["error_code"]
    assert str(error) == f"{code}: {body['message']}"
    assert f"- {reason}: " in body["message"]
    assert info["reason"] == body["error_class"] == told[0]
    if VERSION >= (3, 17):
        assert error.error_class == told[0]


def test_a_frozen_file_is_kept_with_one_refusal(place, refusals, tmp_path):
    place.model("plain", files={"weights.bin": b"weights"})
    file = tmp_path / "weights.bin"
    file.write_bytes(b"others")
    client = place.as_("ds")
    refusals.clear()
    began = time.monotonic()
    # MLflow's artifact client raises what its transport does.
    with pytest.raises(Exception) as caught:
        client.log_artifact(place.run_id, str(file), "model")
    assert time.monotonic() - began < 2
    assert refusals == [403]
    assert "ARTIFACT_FROZEN" in str(caught.value)


def test_who_loses_a_race_is_told_by_one_conflict(place, refusals):
    first = place.model("plain").version
    second = place.another().version
    client = place.as_("lead")

    def promote(version):
        try:
            client.transition_model_version_stage(place.name, version, "Production", True)
        except MlflowException as error:
            return error
        return None

    lost = []
    with ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            refusals.clear()
            outcomes = list(pool.map(promote, [first, second, first, second]))
            lost = [error for error in outcomes if error is not None]
            assert refusals == [409] * len(lost)
            versions = client.search_model_versions(f"name='{place.name}'")
            assert [one.current_stage for one in versions].count("Production") == 1
            if lost:
                break
    for error in lost:
        check(error, "CONCURRENT_TRANSITION", "RESOURCE_CONFLICT")
    assert lost
