"""The approval API, driven by the Databricks SDK, which was written for another server."""

import hashlib
import hmac
import time

import pytest
from auth_server import auth_server
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    DatabricksError,
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
)
from databricks.sdk.service.ml import (
    ActivityAction,
    ActivityType,
    CommentActivityAction,
    HttpUrlSpec,
    JobSpec,
    ModelTag,
    ModelVersionTag,
    RegistryWebhookEvent,
    RegistryWebhookStatus,
)
from governance_support import Person, attach_card, call, trained_version
from receiver import Receiver
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
            "/api/runledger/v1/tokens", name=unique("token"), scopes=["read", "manage"]
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


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def admin_registry(governed):
    status, body = call(
        governed, "/api/runledger/v1/tokens", name=unique("token"), scopes=["read", "admin"]
    )
    assert status == 200, body
    return WorkspaceClient(host=governed, token=body["token"], auth_type="pat").model_registry


def target(receiver, **rest):
    return HttpUrlSpec(url=receiver.url, **rest)


def test_models_and_versions_are_listed_and_deleted(registry):
    mine, name = registry["ds"], unique("model")
    mine.create_model(name, tags=[ModelTag("team", "video")])
    mine.create_model_version(name, "s3://bucket/model", tags=[ModelVersionTag("kind", "first")])
    mine.create_model_version(name, "s3://bucket/model")
    assert name in [model.name for model in mine.list_models(max_results=2)]
    mine.delete_model_version_tag(name, "1", "kind")
    assert "kind" not in [tag.key for tag in mine.get_model_version(name, "1").model_version.tags]
    mine.delete_model_tag(name, "team")
    assert not mine.get_model(name).registered_model_databricks.tags
    mine.delete_model_version(name, "2")
    with pytest.raises(NotFound):
        mine.get_model_version(name, "2")
    with pytest.raises(NotFound):
        mine.delete_model_version(name, "2")
    mine.delete_model(name)
    with pytest.raises(NotFound):
        mine.get_model(name)


def test_a_registry_webhook_is_told_of_twelve_events(
    people, registry, admin_registry, receiver, monkeypatch
):
    created = admin_registry.create_webhook(
        list(RegistryWebhookEvent),
        description="all of it",
        http_url_spec=target(receiver, secret="shh", authorization="Bearer abc"),
    ).webhook
    assert created.status == RegistryWebhookStatus.ACTIVE
    assert created.http_url_spec.url == receiver.url
    assert set(created.events) == set(RegistryWebhookEvent)
    client = people["ds"].client(monkeypatch)
    name = unique("model")
    try:
        client.create_registered_model(name)
        version = str(trained_version(client, name))
        attach_card(client, name, version)
        registry["ds"].create_comment(name, version, "looks well")
        for stage in ("Staging", "Archived"):
            registry["ds"].create_transition_request(name, version, stage)
            registry["lead"].approve_transition_request(name, version, stage, False)
        registry["ds"].create_transition_request(name, version, "Production")
        before = time.time()
        registry["lead"].approve_transition_request(name, version, "Production", False)
        messages = receiver.until(
            lambda bodies: "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION"
            in [body["event"] for body in bodies if body.get("model_name") == name]
        )
        arrived = receiver.times[-1] - before
        print(f"a registry webhook was told {arrived:.3f} s after the approval was asked for")
        assert arrived < 10
        mine = [message for message in messages if message[1]["model_name"] == name]
        told = {body["event"] for _, body, _ in mine}
        assert told == {each.value for each in RegistryWebhookEvent}
        for headers, body, raw in mine:
            signature = hmac.new(b"shh", raw, hashlib.sha256).hexdigest()
            assert headers["X-Databricks-Signature"] == signature
            assert headers["Authorization"] == "Bearer abc"
            assert body["webhook_id"] == created.id
            assert name in body["text"]
            assert abs(body["event_timestamp"] / 1000 - before) < 60
        (moved,) = [body for _, body, _ in mine if body["event"].endswith("TIONED_TO_PRODUCTION")]
        assert (moved["from_stage"], moved["to_stage"]) == ("Archived", "Production")
        assert moved["version"] == version
    finally:
        admin_registry.delete_webhook(id=created.id)
    with pytest.raises(NotFound):
        admin_registry.delete_webhook(id=created.id)


def test_registry_webhooks_of_a_model_belong_to_who_manages_it(
    people, registry, admin_registry, receiver, monkeypatch
):
    client = people["ds"].client(monkeypatch)
    name = unique("model")
    client.create_registered_model(name)
    events = [RegistryWebhookEvent.MODEL_VERSION_CREATED]
    for denied in (
        lambda: registry["lead"].create_webhook(
            events, model_name=name, http_url_spec=target(receiver)
        ),
        lambda: registry["ds"].create_webhook(events, http_url_spec=target(receiver)),
        lambda: list(registry["lead"].list_webhooks(model_name=name)),
        lambda: list(registry["ds"].list_webhooks()),
    ):
        with pytest.raises(PermissionDenied):
            denied()
    made = (
        registry["ds"]
        .create_webhook(
            events,
            model_name=name,
            status=RegistryWebhookStatus.TEST_MODE,
            http_url_spec=target(receiver, secret="shh"),
        )
        .webhook
    )
    (listed,) = registry["ds"].list_webhooks(model_name=name)
    assert (listed.id, listed.model_name, listed.events) == (made.id, name, events)
    assert listed.http_url_spec.as_dict() == {
        "url": receiver.url,
        "enable_ssl_verification": True,
    }
    assert made.id in [each.id for each in admin_registry.list_webhooks()]
    with pytest.raises(NotFound):
        registry["lead"].update_webhook(made.id, description="mine now")

    # In test mode nothing but tests comes.
    trained_version(client, name, evidence=False)
    tested = registry["ds"].test_registry_webhook(
        made.id, event=RegistryWebhookEvent.MODEL_VERSION_TAG_SET
    )
    assert tested.status_code == 200
    ((_, body, _),) = receiver.until(lambda bodies: len(bodies) >= 1)
    assert (body["event"], body["webhook_id"]) == ("MODEL_VERSION_TAG_SET", made.id)
    tested = admin_registry.test_registry_webhook(made.id)
    assert tested.body == "thanks"

    changed = registry["ds"].update_webhook(
        made.id,
        status=RegistryWebhookStatus.ACTIVE,
        events=[RegistryWebhookEvent.MODEL_VERSION_CREATED, RegistryWebhookEvent.COMMENT_CREATED],
    )
    assert changed.webhook.status == RegistryWebhookStatus.ACTIVE
    version = trained_version(client, name, evidence=False)
    receiver.until(lambda bodies: [each.get("version") for each in bodies][-1] == str(version))
    registry["ds"].delete_webhook(id=made.id)
    assert list(registry["ds"].list_webhooks(model_name=name)) == []


def test_a_registry_webhook_that_can_not_be_is_refused(admin_registry, receiver):
    events = [RegistryWebhookEvent.COMMENT_CREATED]
    for wrong in (
        {"events": events, "job_spec": JobSpec(job_id="1", access_token="t")},
        {"events": events},
        {"events": [], "http_url_spec": target(receiver)},
        {"events": events, "http_url_spec": HttpUrlSpec(url="file:///etc/passwd")},
    ):
        with pytest.raises(InvalidParameterValue):
            admin_registry.create_webhook(**wrong)
    with pytest.raises(NotFound):
        admin_registry.create_webhook(
            events, model_name=unique("none"), http_url_spec=target(receiver)
        )
