"""Where a version comes from and what an examiner is told of it, with models that clients train."""

import json
import pathlib
import subprocess

import mlflow
import mlflow.pyfunc
import pytest
import yaml
from auth_server import auth_server
from governance_support import CARD, SECRET, Person
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from support import requires_mlflow, unique

pytestmark = requires_mlflow("2.22")

ROOT = pathlib.Path(__file__).resolve().parents[2]
# To find them out by itself takes a client seconds for each model.
PACKAGES = [f"mlflow=={mlflow.__version__}"]

CONTRACT = """apiVersion: v3.0.2
kind: DataContract
id: calls
schema:
  - name: calls
    properties:
      - { name: x, logicalType: number }
"""


class Double(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return model_input


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("compliance")) as url:
        yield url


@pytest.fixture(scope="module")
def people(server):
    roles = {"ds": "data-scientist", "lead": "lead", "validator": "validator", "serving": "serving"}
    return {name: Person(server, role) for name, role in roles.items()}


@pytest.fixture
def as_(server, people, monkeypatch):
    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    mlflow.set_tracking_uri(server)
    mlflow.set_registry_uri(server)
    yield lambda who: people[who].client(monkeypatch)
    mlflow.set_tracking_uri(before[0])
    mlflow.set_registry_uri(before[1])


@pytest.fixture
def get(people):
    def read(path, who="ds"):
        status, body = people[who].call(f"/api/governance/v1/models/{path}", method="GET")
        assert status == 200, body
        return body

    return read


def train(name, factor, experiment):
    """A run that logs all that the built-in profile asks for, and registers its model."""
    import pandas

    frame = pandas.DataFrame({"x": [1.0, 2.0]})
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.set_tag("mlflow.source.git.commit", "a" * 40)
        mlflow.set_tag("mlflow.source.git.dirty", "false")
        mlflow.log_param("factor", factor)
        mlflow.log_metrics({"latency_p95": 0.2, "latency_p99": 0.4})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="calls"), context="training")
        mlflow.log_text(CONTRACT, "data_contract.yaml")
        mlflow.pyfunc.log_model(
            "model",
            python_model=Double(factor),
            signature=infer_signature(frame, [1.0]),
            pip_requirements=PACKAGES,
            registered_model_name=name,
        )
    return run.info.run_id


def attach_card(client, name, version, more=""):
    card = CARD.format(name=name, version=version, more=f"risk_rating: High\n{more}")
    client.set_model_version_tag(name, version, "model_card", card)


def promote(as_, name, version):
    """Two people agree: a risk that is high asks for a validator too."""
    for who in ("ds", "validator"):
        with pytest.raises(MlflowException):
            as_(who).transition_model_version_stage(name, version, "Production")
    return as_("lead").transition_model_version_stage(name, version, "Production")


def test_a_version_has_its_whole_history_and_answers_an_examiner(as_, people, get):
    name = unique("examined")
    experiment = as_("ds").create_experiment(unique("experiment"))
    run_id = train(name, "2", experiment)
    client = as_("ds")
    attach_card(client, name, "1")
    assert promote(as_, name, "1").current_stage == "Production"

    lineage = get(f"{name}/versions/1/lineage")
    assert lineage["who_trained"]["principal"] == people["ds"].name
    kinds = {edge["kind"] for edge in lineage["edges"]}
    assert {"input_of", "produced", "registered_as", "in_stage"} <= kinds
    assert lineage["data_contract"]["state"] == "kept"
    assert f"run:{run_id}" in {node["id"] for node in lineage["nodes"]}
    if mlflow.__version__ >= "3":
        assert lineage["source_kind"] == "logged_model"

    pack = get(f"{name}/versions/1/compliance")
    assert {one["id"]: one["status"] for one in pack["questions"]} == {
        "who_trained": "PASS",
        "what_data": "PASS",
        "independent_validation": "PASS",
        "documented_biases": "PASS",
    }
    assert pack["questions"][2]["value"]["validator"] == people["validator"].name
    seq = pack["questions"][2]["evidence"]["audit_seq"]
    (entry,) = [one for one in pack["audit"] if one["seq"] == seq]
    assert entry["actor"] == people["validator"].name
    bom = get(f"{name}/versions/1/compliance?format=cyclonedx")
    purls = [one["purl"] for one in bom["components"] if "purl" in one]
    assert f"pkg:pypi/mlflow@{mlflow.__version__}" in purls


def test_another_card_of_a_version_in_production_waits_for_its_review(as_, get):
    name = unique("reviewed")
    train(name, "2", as_("ds").create_experiment(unique("experiment")))
    attach_card(as_("ds"), name, "1")
    promote(as_, name, "1")
    before = get(f"{name}/versions/1/card")["digest"]
    attach_card(as_("ds"), name, "1", "license: mit\n")
    card = get(f"{name}/versions/1/card")
    assert card["digest"] == before
    pending = card["pending_review"]["digest"]
    assert pending != before
    assert promote(as_, name, "1").current_stage == "Production"
    card = get(f"{name}/versions/1/card")
    assert card["digest"] == pending
    assert "pending_review" not in card


@requires_mlflow("3.1")
@pytest.mark.parametrize("place", ["tag", "model_artifact", "mlmodel", "run_artifact"])
def test_a_card_is_found_wherever_a_client_can_put_it(as_, get, tmp_path, place):
    name = unique("carded")
    client = as_("ds")
    experiment = client.create_experiment(unique("experiment"))
    text = CARD.format(name=name, version="1", more="")
    card = {"name": name, **yaml.safe_load(text)}
    with mlflow.start_run(experiment_id=experiment):
        if place == "run_artifact":
            mlflow.log_text(text, "model/MODEL_CARD.yaml")
        logged = mlflow.pyfunc.log_model(
            name="model",
            python_model=Double("2"),
            pip_requirements=PACKAGES,
            metadata={"model_card": card} if place == "mlmodel" else None,
        )
    if place == "model_artifact":
        file = tmp_path / "MODEL_CARD.yaml"
        file.write_text(text, encoding="utf-8")
        client.log_model_artifact(logged.model_id, str(file))
    tags = {"model_card": text} if place == "tag" else None
    client.create_registered_model(name)
    source = f"models:/{logged.model_id}"
    client.create_model_version(name, source, tags=tags, model_id=logged.model_id)
    found = get(f"{name}/versions/1/card")
    assert (found["place"], found["problems"]) == (place, [])


def test_ranges_choose_what_is_approved_and_servers_never_the_latest(as_, get):
    name = unique("ranged")
    experiment = as_("ds").create_experiment(unique("experiment"))
    for factor in ("2", "3", "4"):
        train(name, factor, experiment)
    client = as_("ds")
    numbers = [client.get_model_version(name, str(one)).tags["semver"] for one in (1, 2, 3)]
    assert numbers == ["1.0.0", "1.1.0", "1.2.0"]
    attach_card(client, name, "2")
    promote(as_, name, "2")
    as_("serving")
    for selector in ("1.1.0", "^1.0", "~1.1", "1.x", "Production"):
        loaded = mlflow.pyfunc.load_model(f"models:/{name}/{selector}")
        assert loaded.unwrap_python_model().factor == "3", selector
    with pytest.raises(MlflowException) as refused:
        mlflow.pyfunc.load_model(f"models:/{name}/latest")
    assert refused.value.json["error_class"] == "LATEST_NOT_ALLOWED"
    as_("ds")
    assert mlflow.pyfunc.load_model(f"models:/{name}/latest").unwrap_python_model().factor == "4"

    listed = get(f"{name}/hyperparameters")
    changed = [diff["changed"] for diff in listed["diffs"]]
    assert changed == [{"factor": {"from": "2", "to": "3"}}, {"factor": {"from": "3", "to": "4"}}]


def test_a_model_that_nobody_registered_shows_as_a_variant(as_, get):
    name = unique("swept")
    experiment = as_("ds").create_experiment(unique("experiment"))
    train(name, "2", experiment)
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_param("factor", "9")
        mlflow.pyfunc.log_model("model", python_model=Double("9"), pip_requirements=PACKAGES)
    variants = get(f"{name}/hyperparameters")["unregistered_variants"]
    assert [one["run_id"] for one in variants] == [run.info.run_id]
    assert variants[0]["params"]["factor"] == "9"


def made_of(version):
    """Clients of 3.x say which logged model the files are of."""
    _, _, model_id = version.source.partition("models:/")
    return {"model_id": model_id} if model_id else {}


def test_a_number_that_cannot_be_is_refused_in_the_first_answer(as_):
    name = unique("numbered")
    client = as_("ds")
    train(name, "2", client.create_experiment(unique("experiment")))
    first = client.get_model_version(name, "1")
    with pytest.raises(MlflowException) as refused:
        client.create_model_version(
            name, first.source, run_id=first.run_id, tags={"semver": "1.0.0"}, **made_of(first)
        )
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    assert refused.value.json["error_class"] == "SEMVER_NOT_GREATER"
    assert SECRET not in str(refused.value)


@requires_mlflow("3.0")
def test_openlineage_s_own_client_takes_the_events(as_, get):
    environment = ROOT / ".test-env" / "openlineage"
    subprocess.run(
        ["node", ROOT / "scripts" / "python-envs.mjs", "openlineage"], check=True, timeout=600
    )
    name = unique("events")
    train(name, "4", as_("ds").create_experiment(unique("experiment")))
    events = get(f"{name}/versions/1/lineage?format=openlineage")
    done = subprocess.run(
        [environment / "bin" / "python", ROOT / "compat-tests/python/openlineage_events.py"],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["START", "COMPLETE", "START", "COMPLETE"]
