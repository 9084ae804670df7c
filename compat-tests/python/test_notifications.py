"""Subscriptions, their history, and alerts, over the wire, beside what an MLflow client does."""

import base64
import hashlib
import hmac

import pytest
from auth_server import auth_server
from governance_support import Person, call, trained_version
from mlflow.exceptions import RestException
from receiver import Receiver
from support import requires_mlflow, unique

pytestmark = requires_mlflow("3.17")

OWN = "/api/governance/v1"
SECRET = "whsec_" + base64.b64encode(b"a secret of this test, of 32 by.").decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("notifications")) as url:
        yield url


@pytest.fixture(scope="module")
def ds(server):
    return Person(server, "data-scientist")


@pytest.fixture(scope="module")
def lead(server):
    return Person(server, "lead")


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def model_of(person, monkeypatch):
    client = person.client(monkeypatch)
    name = unique("model")
    client.create_registered_model(name)
    return client, name


def test_a_subscription_from_its_making_to_its_end(server, ds, lead, receiver, monkeypatch):
    client, name = model_of(ds, monkeypatch)
    wish = {
        "channel": "webhook",
        "url": receiver.url,
        "secret": SECRET,
        "model_pattern": name,
        "events": ["model_version.created", "model_version.transitioned_stage"],
    }
    status, body = lead.call(f"{OWN}/subscriptions", **wish)
    assert (status, body["error_code"]) == (403, "PERMISSION_DENIED")
    status, body = ds.call(f"{OWN}/subscriptions", **wish)
    assert status == 200, body
    made = body["subscription"]
    assert SECRET not in str(body)
    assert made["has_secret"] and made["status"] == "ACTIVE" and made["owner"] == ds.name
    path = f"{OWN}/subscriptions/{made['subscription_id']}"
    assert ds.call(path, "GET")[1]["subscription"] == made
    assert lead.call(path, "GET")[0] == 404
    _, listed = ds.call(f"{OWN}/subscriptions", "GET")
    assert made in listed["subscriptions"]

    version = trained_version(client, name, evidence=False)
    client.transition_model_version_stage(name, version, "Staging")
    messages = receiver.until(lambda bodies: len(bodies) == 2)
    assert [body["type"] for _, body, _ in messages] == wish["events"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    for headers, body, raw in messages:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{signature}"
        assert body["data"]["actor"] == ds.name
    assert messages[1][1]["data"]["to_stage"] == "Staging"

    status, body = ds.call(f"{path}/test", event="promotion.denied")
    assert (status, body["result"]["success"]) == (200, True)
    assert "response_body" not in body["result"]
    status, body = ds.call(path, "PATCH", status="DISABLED", description="not now")
    assert (status, body["subscription"]["status"]) == (200, "DISABLED")
    assert ds.call(f"{path}/test")[0] == 400
    assert ds.call(path, "PATCH", events=["no.event"])[0] == 400
    assert ds.call(path, "DELETE")[0] == 200
    assert ds.call(path, "GET")[0] == 404


def test_what_could_not_be_delivered_is_sent_again(server, ds, receiver, monkeypatch):
    client, name = model_of(ds, monkeypatch)
    wish = {"channel": "cloudevents", "url": receiver.url, "events": ["*"], "model_pattern": name}
    _, body = ds.call(f"{OWN}/subscriptions", **wish)
    subscription = body["subscription"]["subscription_id"]
    path = f"{OWN}/subscriptions/{subscription}/deliveries"
    receiver.status = 410
    client.set_registered_model_tag(name, "k", "v")
    receiver.until(lambda bodies: len(bodies) == 1)
    dead = []
    while not dead:
        dead = ds.call(f"{OWN}/dead-letters", "GET")[1]["deliveries"]
    (letter,) = dead
    assert (letter["status"], letter["response_status"], letter["attempts"]) == ("DEAD", 410, 1)
    receiver.status = 200
    status, body = ds.call(f"{OWN}/dead-letters/requeue", subscription_id=subscription)
    assert (status, body["requeued"]) == (200, 1)
    receiver.until(lambda bodies: len(bodies) == 2)
    shown = {}
    while shown.get("status") != "SUCCEEDED":
        shown = ds.call(f"{path}/{letter['delivery_id']}", "GET")[1]["delivery"]
    status, body = ds.call(f"{path}/{letter['delivery_id']}/replay")
    assert (status, body["delivery"]["delivery_id"]) == (200, letter["delivery_id"])
    messages = receiver.until(lambda bodies: len(bodies) == 3)
    assert {body["type"] for _, body, _ in messages} == {"io.runledger.registered_model_tag.set"}
    assert {body["id"] for _, body, _ in messages} == {letter["event_id"]}
    _, listed = ds.call(f"{path}?max_results=10", "GET")
    assert [each["delivery_id"] for each in listed["deliveries"]] == [letter["delivery_id"]]
    assert ds.call(f"{path}?status=LOST", "GET")[0] == 400


def test_everybody_says_himself_what_he_wants_by_mail(server, ds):
    path = f"{OWN}/email-preferences"
    status, body = ds.call(path, "PUT", preference="SUBSCRIBED", address="ds@elsewhere.test")
    assert (status, body["error_code"]) == (403, "PERMISSION_DENIED")
    assert ds.call(path, "PUT", preference="SOMETIMES")[0] == 400
    wish = {"preference": "ALL_EVENTS", "address": "admin@example.org"}
    status, body = call(server, path, method="PUT", **wish)
    assert (status, body["email_preference"]["model"]) == (200, "*")
    call(server, path, method="PUT", preference="UNSUBSCRIBED")
    _, body = call(server, path, method="GET")
    (only,) = body["email_preferences"]
    assert (only["preference"], only["address"]) == ("UNSUBSCRIBED", "admin@example.org")
    assert ds.call(path, "GET")[1]["email_preferences"] == []
    assert call(server, path, method="DELETE")[0] == 200
    assert call(server, path, method="DELETE")[0] == 404


def test_a_denied_promotion_is_an_alert(server, ds, lead, monkeypatch):
    client, name = model_of(ds, monkeypatch)
    version = trained_version(client, name, evidence=False)
    for _ in range(2):
        with pytest.raises(RestException):
            client.transition_model_version_stage(name, version, "Production")
    _, body = lead.call(f"{OWN}/alerts?model={name}&kind=promotion.denied", "GET")
    (alert,) = body["alerts"]
    assert alert["occurrences"] == 2
    assert "MODEL_CARD_REQUIRED" in alert["details"]["reasons"]
    assert (alert["actor"], alert["version"]) == (ds.name, str(version))
    path = f"{OWN}/alerts/{alert['alert_id']}/acknowledge"
    status, body = ds.call(path)
    assert (status, body["error_class"]) == (403, "SEPARATION_OF_DUTIES")
    status, body = lead.call(path, note="he has forgotten the card")
    assert (status, body["alert"]["acknowledged_by"]) == (200, lead.name)
    assert lead.call(path)[0] == 400
    _, body = lead.call(f"{OWN}/alerts?model={name}&acknowledged=false", "GET")
    assert body["alerts"] == []
