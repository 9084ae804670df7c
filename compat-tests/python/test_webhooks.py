"""Webhooks by the client of MLflow, which tells a receiver on this machine what happens."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

import pytest
from support import INVALID, MISSING, refused, requires_mlflow, unique

pytestmark = requires_mlflow("3.3")

SECRET = "s3cr€t-of-the-receiver"
# A host that every server may name; nothing is ever sent there, since the webhooks are disabled.
ELSEWHERE = "https://1.1.1.1/hook"


class Receiver:
    def __init__(self):
        self.messages = []
        self.status = 200
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.messages.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def about(self, name, count):
        """
        Waits for messages about one model or prompt, since others make theirs meanwhile. Tags that
        the client sets for its own ends are left out.
        """
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = [
                (headers, json.loads(body), body)
                for headers, body in list(self.messages)
                if json.loads(body)["data"]["name"] == name
                and not json.loads(body)["data"].get("key", "").startswith("_mlflow")
            ]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{count} messages were expected: {self.messages}")


ALL = [
    "registered_model.created",
    "model_version.created",
    "model_version_tag.set",
    "model_version_tag.deleted",
    "model_version_alias.created",
    "model_version_alias.deleted",
    "prompt.created",
    "prompt_version.created",
    "prompt_tag.set",
    "prompt_tag.deleted",
    "prompt_version_tag.set",
    "prompt_version_tag.deleted",
    "prompt_alias.created",
    "prompt_alias.deleted",
]


def spelled(events):
    return [f"{event.entity.value}.{event.action.value}" for event in events]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def made(client):
    """Makes webhooks that go with the test."""
    webhooks = []

    def make(url=ELSEWHERE, events=("registered_model.created",), status="DISABLED", **rest):
        webhook = client.create_webhook(
            unique("hook"), url, list(events), status=status, **rest
        )
        webhooks.append(webhook.webhook_id)
        return webhook

    yield make
    for webhook_id in webhooks:
        try:
            client.delete_webhook(webhook_id)
        except Exception as error:
            assert getattr(error, "error_code", None) == MISSING


def test_a_webhook_through_its_life(client, made):
    webhook = made(events=["prompt.created", "model_version.created"], description="d")
    assert (webhook.description, webhook.url, str(webhook.status)) == ("d", ELSEWHERE, "DISABLED")
    assert spelled(webhook.events) == ["model_version.created", "prompt.created"]
    assert webhook.creation_timestamp == webhook.last_updated_timestamp
    assert repr(client.get_webhook(webhook.webhook_id)) == repr(webhook)

    changed = client.update_webhook(
        webhook.webhook_id,
        name="renamed",
        description="e",
        url="https://1.0.0.1/",
        events=["prompt_tag.set"],
        secret="another",
    )
    assert (changed.name, changed.description, changed.url) == ("renamed", "e", "https://1.0.0.1/")
    assert spelled(changed.events) == ["prompt_tag.set"]
    assert changed.last_updated_timestamp >= webhook.last_updated_timestamp

    client.delete_webhook(webhook.webhook_id)
    message = f"Webhook with ID {webhook.webhook_id} not found."
    with refused(MISSING, message):
        client.get_webhook(webhook.webhook_id)
    with refused(MISSING, message):
        client.delete_webhook(webhook.webhook_id)


def test_pages_of_webhooks(client, made):
    ids = [made().webhook_id for _ in range(5)]
    found, token = [], None
    while True:
        page = client.list_webhooks(max_results=2, page_token=token)
        assert len(page) <= 2
        found.extend(webhook.webhook_id for webhook in page)
        token = page.token
        if not token:
            break
    assert [webhook_id for webhook_id in found if webhook_id in ids] == ids[::-1]


def test_what_is_refused(client):
    one = ["prompt.created"]
    with refused(INVALID, prefix="Webhook name '-w' is invalid. It must start and end with"):
        client.create_webhook("-w", ELSEWHERE, one)
    with refused(INVALID, prefix="Invalid webhook URL scheme: 'ftp'. Allowed schemes are: "):
        client.create_webhook("w", "ftp://1.1.1.1/", one)
    with refused(INVALID, "Webhook URL must include a hostname: 'https:///x'"):
        client.create_webhook("w", "https:///x", one)
    with refused(INVALID, "max_results must be between 1 and 1000."):
        client.list_webhooks(max_results=1001)


def test_events_of_a_model(client, receiver, made):
    made(receiver.url, ALL, "ACTIVE", secret=SECRET)
    name = unique("model")
    client.create_registered_model(name, tags={"a": "b"}, description="d é")
    client.create_model_version(name, "s3://bucket/model", tags={"c": "d"})
    client.set_model_version_tag(name, "1", "k", "v")
    client.delete_model_version_tag(name, "1", "k")
    client.set_registered_model_alias(name, "best", "1")
    client.delete_registered_model_alias(name, "best")
    client.set_registered_model_tag(name, "k", "v")
    client.transition_model_version_stage(name, "1", "Staging")

    messages = receiver.about(name, 6)
    told = {(body["entity"], body["action"]): body["data"] for _, body, _ in messages}
    version = {"name": name, "version": "1"}
    assert told == {
        ("registered_model", "created"): {"name": name, "tags": {"a": "b"}, "description": "d é"},
        ("model_version", "created"): {
            **version,
            "source": "s3://bucket/model",
            "run_id": None,
            "tags": {"c": "d"},
            "description": None,
        },
        ("model_version_tag", "set"): {**version, "key": "k", "value": "v"},
        ("model_version_tag", "deleted"): {**version, "key": "k"},
        ("model_version_alias", "created"): {"name": name, "alias": "best", "version": "1"},
        ("model_version_alias", "deleted"): {"name": name, "alias": "best"},
    }


def test_events_of_a_prompt(client, receiver, made):
    made(receiver.url, ALL, "ACTIVE")
    name = unique("prompt")
    client.register_prompt(name, "Hi {{name}}", commit_message="first", tags={"c": "d"})
    client.set_prompt_tag(name, "k", "v")
    client.set_prompt_version_tag(name, "1", "k", "v")
    client.set_prompt_alias(name, "best", 1)
    client.delete_prompt_version_tag(name, "1", "k")
    client.delete_prompt_tag(name, "k")
    client.delete_prompt_alias(name, "best")

    messages = receiver.about(name, 8)
    told = {(body["entity"], body["action"]): body["data"] for _, body, _ in messages}
    version = {"name": name, "version": "1"}
    created = told.pop(("prompt", "created"))
    assert created["name"] == name
    assert not any(key.startswith("mlflow.prompt.") for key in created["tags"])
    assert told == {
        ("prompt_version", "created"): {
            **version,
            "template": "Hi {{name}}",
            "tags": {"c": "d"},
            "description": "first",
        },
        ("prompt_tag", "set"): {"name": name, "key": "k", "value": "v"},
        ("prompt_tag", "deleted"): {"name": name, "key": "k"},
        ("prompt_version_tag", "set"): {**version, "key": "k", "value": "v"},
        ("prompt_version_tag", "deleted"): {**version, "key": "k"},
        ("prompt_alias", "created"): {"name": name, "alias": "best", "version": "1"},
        ("prompt_alias", "deleted"): {"name": name, "alias": "best"},
    }


def test_the_signature_is_the_documented_one(client, receiver, made):
    made(receiver.url, status="ACTIVE", secret=SECRET)
    name = unique("model")
    client.create_registered_model(name)
    headers, body, raw = receiver.about(name, 1)[0]
    headers = {key.lower(): value for key, value in headers.items()}
    signed = f"{headers['x-mlflow-delivery-id']}.{headers['x-mlflow-timestamp']}.{raw.decode()}"
    expected = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    assert headers["x-mlflow-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert abs(int(headers["x-mlflow-timestamp"]) - time.time()) < 300
    assert set(body) == {"entity", "action", "timestamp", "data"}


def test_a_test_of_a_webhook(client, receiver, made):
    webhook = made(receiver.url, ["model_version_alias.created", "prompt.created"])
    result = client.test_webhook(webhook.webhook_id)
    assert (result.success, result.response_status) == (True, 200)
    result = client.test_webhook(webhook.webhook_id, "prompt.created")
    assert result.success
    told = [json.loads(body) for _, body in receiver.messages]
    assert [body["entity"] for body in told] == ["model_version_alias", "prompt"]
    assert told[0]["data"] == {"name": "example_model", "alias": "example_alias", "version": "1"}

    receiver.status = 404
    result = client.test_webhook(webhook.webhook_id)
    assert (result.success, result.response_status) == (False, 404)


def test_a_delivery_is_tried_again_under_its_id(client, receiver, made):
    made(receiver.url, status="ACTIVE")
    receiver.status = 503
    name = unique("model")
    client.create_registered_model(name)
    receiver.about(name, 1)
    receiver.status = 200
    first, second = receiver.about(name, 2)
    assert first[2] == second[2]
    key = next(key for key in first[0] if key.lower() == "x-mlflow-delivery-id")
    assert first[0][key] == second[0][key]
