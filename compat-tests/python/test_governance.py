"""What may reach production, and who decided it, with unchanged clients at their own settings."""

import time

import pytest
from auth_server import auth_server
from governance_support import Person, attach_card, trained_version
from mlflow.exceptions import MlflowException
from support import unique

DENIED = "PERMISSION_DENIED"


@pytest.fixture(scope="module")
def governed(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("governance")) as url:
        yield url


@pytest.fixture(scope="module")
def people(governed):
    return {
        "ds": Person(governed, "data-scientist"),
        "lead": Person(governed, "lead"),
        "other": Person(governed, "lead"),
        "validator": Person(governed, "validator"),
        "guest": Person(governed),
    }


@pytest.fixture(autouse=True)
def default_retries(monkeypatch):
    for name in ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR"):
        monkeypatch.delenv(name)


@pytest.fixture
def as_(people, monkeypatch):
    return lambda who: people[who].client(monkeypatch)


@pytest.fixture
def model(as_):
    name = unique("model")
    as_("ds").create_registered_model(name)
    return name


@pytest.fixture
def version(as_, model):
    made = trained_version(as_("ds"), model)
    attach_card(as_("ds"), model, made)
    return made


def denied(reason, work):
    """The refusal comes with the first answer: a client that repeats its request takes minutes."""
    began = time.monotonic()
    with pytest.raises(MlflowException) as caught:
        work()
    assert time.monotonic() - began < 20
    body = caught.value.json
    assert body["error_class"] == reason, body
    assert caught.value.error_code == body["error_code"]
    info, failure = body["details"]
    assert info["reason"] == reason
    return body["message"], info["metadata"], [one["type"] for one in failure["violations"]]


def promote(client, name, version, archive=False):
    return client.transition_model_version_stage(name, version, "Production", archive)


def stage(client, name, version):
    return client.get_model_version(name, version).current_stage


def test_all_that_is_missing_is_told_at_once_with_the_remedy_as_code(as_, model):
    bare = trained_version(as_("ds"), model, evidence=False)
    message, _, reasons = denied(
        "MODEL_CARD_REQUIRED", lambda: promote(as_("ds"), model, bare)
    )
    assert {
        *{"MODEL_CARD_REQUIRED", "LINEAGE_REQUIRED", "METRIC_GATE_FAILED"},
        "HYPERPARAMETERS_UNTRACKED",
    } == set(reasons)
    assert f'client.set_model_version_tag("{model}", "{bare}", "model_card"' in message
    assert 'mlflow.set_tag("mlflow.source.git.commit", sha)' in message
    assert stage(as_("ds"), model, bare) == "None"


def test_one_asks_and_a_lead_agrees_by_the_same_call(as_, people, model, version):
    ds = as_("ds")
    assert ds.transition_model_version_stage(model, version, "Staging").current_stage == "Staging"
    _, first, _ = denied("APPROVAL_REQUIRED", lambda: promote(ds, model, version))
    _, again, _ = denied("APPROVAL_REQUIRED", lambda: promote(ds, model, version))
    assert first["request_id"] == again["request_id"]
    assert (first["needed"], first["have"]) == ("1", "0")
    moved = promote(as_("lead"), model, version)
    assert moved.current_stage == "Production"
    _, body = people["lead"].call(
        f"/api/governance/v1/requests/{first['request_id']}", method="GET"
    )
    assert body["request"]["status"] == "approved"
    assert [one["approver"] for one in body["request"]["approvals"]] == [people["lead"].name]


def test_a_lead_who_trained_the_model_needs_another(as_, people):
    name = unique("model")
    lead = as_("lead")
    lead.create_registered_model(name)
    version = trained_version(lead, name)
    attach_card(lead, name, version)
    denied("APPROVAL_REQUIRED", lambda: promote(lead, name, version))
    assert promote(as_("other"), name, version).current_stage == "Production"


def test_high_risk_takes_a_lead_and_a_validator(as_, model):
    version = trained_version(as_("ds"), model)
    attach_card(as_("ds"), model, version, "risk_rating: High\n")
    denied("APPROVAL_REQUIRED", lambda: promote(as_("ds"), model, version))
    _, metadata, _ = denied("APPROVAL_REQUIRED", lambda: promote(as_("lead"), model, version))
    assert (metadata["have"], metadata["missing"]) == ("1", "validator")
    assert promote(as_("validator"), model, version).current_stage == "Production"


def test_a_changed_card_dismisses_the_approval(as_, people, model):
    version = trained_version(as_("ds"), model)
    attach_card(as_("ds"), model, version, "risk_rating: High\n")
    denied("APPROVAL_REQUIRED", lambda: promote(as_("ds"), model, version))
    _, first, _ = denied("APPROVAL_REQUIRED", lambda: promote(as_("lead"), model, version))
    attach_card(as_("ds"), model, version, "risk_rating: High\nethical_considerations: None known.\n")
    denied("APPROVAL_REQUIRED", lambda: promote(as_("validator"), model, version))
    _, body = people["lead"].call(
        f"/api/governance/v1/requests/{first['request_id']}", method="GET"
    )
    approvals = body["request"]["approvals"]
    assert [("dismissed_timestamp" in one) for one in approvals] == [True, False]
    assert promote(as_("lead"), model, version).current_stage == "Production"


def test_a_guest_is_told_that_he_may_not(as_, model, version):
    with pytest.raises(MlflowException) as caught:
        promote(as_("guest"), model, version)
    assert caught.value.error_code == DENIED


@pytest.mark.parametrize("alias", ["champion", "Production", "LIVE"])
def test_an_alias_that_stands_for_production_is_gated_like_the_stage(as_, model, version, alias):
    set_alias = lambda who: as_(who).set_registered_model_alias(model, alias, version)  # noqa: E731
    _, metadata, _ = denied("APPROVAL_REQUIRED", lambda: set_alias("ds"))
    assert metadata["target"] == f"alias:{alias}"
    set_alias("lead")
    assert as_("ds").get_model_version_by_alias(model, alias).version == version
    denied("STAGE_ROLE_REQUIRED", lambda: as_("ds").delete_registered_model_alias(model, alias))
    as_("ds").set_registered_model_alias(model, "mine", version)


def test_what_serves_is_neither_deleted_nor_renamed(as_, model, version):
    denied("APPROVAL_REQUIRED", lambda: promote(as_("ds"), model, version))
    promote(as_("lead"), model, version)
    ds = as_("ds")
    denied("DELETE_PROTECTED", lambda: ds.delete_model_version(model, version))
    denied("DELETE_PROTECTED", lambda: ds.delete_registered_model(model))
    denied("DELETE_PROTECTED", lambda: ds.rename_registered_model(model, unique("renamed")))
    denied("STAGE_ROLE_REQUIRED", lambda: ds.transition_model_version_stage(model, version, "None"))
    denied("RESERVED_TAG", lambda: ds.set_model_version_tag(model, version, "gov.status", "good"))
    denied("RESERVED_TAG", lambda: ds.set_model_version_tag(model, version, "semver", "9.0.0"))
    as_("lead").transition_model_version_stage(model, version, "Archived")
    as_("ds").delete_model_version(model, version)


def test_the_predecessor_serves_again_when_the_newest_is_archived(as_, people, model, version):
    promote(as_("lead"), model, version)
    second = trained_version(as_("ds"), model)
    attach_card(as_("ds"), model, second)
    promote(as_("lead"), model, second, archive=True)
    assert stage(as_("ds"), model, version) == "Archived"
    as_("lead").transition_model_version_stage(model, second, "Archived")
    assert stage(as_("ds"), model, version) == "Production"
    _, body = people["ds"].call(f"/api/governance/v1/models/{model}/live", method="GET")
    assert [(one["version"], one["stage"]) for one in body["live"]] == [
        (str(version), "Production")
    ]


def test_a_dry_run_tells_what_would_be_denied_and_changes_nothing(as_, people, model):
    bare = trained_version(as_("ds"), model, evidence=False)
    path = f"/api/governance/v1/models/{model}/versions/{bare}/evaluate"
    status, body = people["ds"].call(path, stage="Production")
    assert (status, body["allowed"], body["mode"]) == (200, False, "enforce")
    assert "MODEL_CARD_REQUIRED" in [one["reason"] for one in body["violations"]]
    # What no rule asks about still takes the right to edit.
    for who, allowed in (("ds", True), ("guest", False)):
        _, body = people[who].call(path, alias="free")
        assert (body["allowed"], len(body["violations"])) == (allowed, 0 if allowed else 1)
    _, body = people["ds"].call(
        f"/api/governance/v1/requests?name={model}&status=open", method="GET"
    )
    assert body.get("requests", []) == []
