"""The approval API, driven by the Databricks SDK, which was written for another server."""

import pytest
from auth_server import auth_server
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError, NotFound, PermissionDenied
from databricks.sdk.service.ml import ActivityAction, ActivityType, CommentActivityAction
from governance_support import Person, attach_card, trained_version
from support import requires_mlflow, unique

pytestmark = requires_mlflow("3.17")


@pytest.fixture(scope="module")
def governed(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("databricks")) as url:
        yield url


@pytest.fixture(scope="module")
def people(governed):
    return {"ds": Person(governed, "data-scientist"), "lead": Person(governed, "lead")}


@pytest.fixture(scope="module")
def registry(governed, people):
    """The registry as the SDK sees it, signed in as somebody by a token of his."""

    def sign_in(who):
        status, body = people[who].call(
            "/api/runledger/v1/tokens", name=unique("token"), scopes=["read", "write", "registry"]
        )
        assert status == 200, body
        workspace = WorkspaceClient(host=governed, token=body["token"], auth_type="pat")
        return workspace.model_registry

    return {who: sign_in(who) for who in people}


@pytest.fixture
def version(people, monkeypatch):
    client = people["ds"].client(monkeypatch)
    name = unique("model")
    client.create_registered_model(name)
    made = trained_version(client, name)
    attach_card(client, name, made)
    return name, str(made)


def test_a_request_is_made_listed_and_approved(people, registry, version):
    asked = registry["ds"].create_transition_request(*version, "Production", comment="please")
    assert asked.request.to_stage == "Production"
    assert asked.request.user_id == people["ds"].name
    assert asked.request.available_actions == [ActivityAction.CANCEL_TRANSITION_REQUEST]
    (open_request,) = registry["lead"].list_transition_requests(*version)
    assert open_request.activity_type == ActivityType.REQUESTED_TRANSITION
    assert open_request.comment == "please"
    with pytest.raises(PermissionDenied) as caught:
        registry["ds"].approve_transition_request(*version, "Production", False)
    assert caught.value.get_error_details().error_info.reason == "SEPARATION_OF_DUTIES"
    approved = registry["lead"].approve_transition_request(
        *version, "Production", True, comment="good"
    )
    assert approved.activity.activity_type == ActivityType.APPROVED_REQUEST
    assert approved.activity.comment == "good"
    assert list(registry["lead"].list_transition_requests(*version)) == []
    model = registry["lead"].get_model(version[0]).registered_model_databricks
    assert [each.current_stage for each in model.latest_versions] == ["Production"]


def test_a_request_is_rejected_by_another_and_taken_back_by_who_made_it(people, registry, version):
    registry["ds"].create_transition_request(*version, "Production")
    with pytest.raises(PermissionDenied):
        registry["ds"].reject_transition_request(*version, "Production")
    rejected = registry["lead"].reject_transition_request(*version, "Production", comment="no")
    assert rejected.activity.activity_type == ActivityType.REJECTED_REQUEST
    registry["ds"].create_transition_request(*version, "Production")
    registry["ds"].delete_transition_request(*version, "Production", people["ds"].name)
    with pytest.raises(NotFound):
        registry["lead"].approve_transition_request(*version, "Production", False)


def test_no_request_is_opened_while_evidence_is_missing(people, registry, monkeypatch):
    client = people["ds"].client(monkeypatch)
    name = unique("model")
    client.create_registered_model(name)
    bare = trained_version(client, name, evidence=False)
    with pytest.raises(DatabricksError) as caught:
        registry["ds"].create_transition_request(name, str(bare), "Production")
    details = caught.value.get_error_details()
    assert details.error_info.reason == "MODEL_CARD_REQUIRED"
    assert len(details.precondition_failure.violations) >= 4


def test_a_stage_is_changed_with_a_comment(registry, version):
    moved = registry["ds"].transition_stage(*version, "Staging", False, comment="try it")
    assert moved.model_version_databricks.current_stage == "Staging"
    with pytest.raises(PermissionDenied) as caught:
        registry["ds"].transition_stage(*version, "Production", False)
    assert caught.value.get_error_details().error_info.reason == "APPROVAL_REQUIRED"
    moved = registry["lead"].transition_stage(*version, "Production", True)
    assert moved.model_version_databricks.current_stage == "Production"


def test_comments_belong_to_who_wrote_them(people, registry, version):
    made = registry["ds"].create_comment(*version, "looks well").comment
    assert made.user_id == people["ds"].name
    assert set(made.available_actions) == {
        CommentActivityAction.EDIT_COMMENT,
        CommentActivityAction.DELETE_COMMENT,
    }
    changed = registry["ds"].update_comment(made.id, "looks better").comment
    assert changed.comment == "looks better"
    with pytest.raises(PermissionDenied):
        registry["lead"].update_comment(made.id, "looks bad")
    registry["ds"].delete_comment(made.id)
    with pytest.raises(NotFound):
        registry["ds"].delete_comment(made.id)
