import gzip
import json
import os
import time

import mlflow
import pytest
import requests
from support import INVALID, MISSING, URL, VERSION, refused, requires_mlflow, unique

# Older clients show their own copy of a trace, not what the server has.
pytestmark = requires_mlflow("2.17")


@pytest.fixture(scope="module", autouse=True)
def traced():
    mlflow.tracing.enable()
    yield
    settle()
    mlflow.tracing.disable()


def settle():
    """Waits until what the client has traced is sent."""
    if hasattr(mlflow, "flush_trace_async_logging"):
        mlflow.flush_trace_async_logging()


def id_of(span):
    return span.trace_id if VERSION >= (3,) else span.request_id


def current_id():
    return id_of(mlflow.get_current_active_span())


def info_of(trace):
    """The parts of an info that every client has, under one name."""
    info = trace.info
    if VERSION >= (3,):
        return info.trace_id, info.state.value, info.trace_metadata
    return info.request_id, info.status.value, info.request_metadata


def read(trace_id):
    settle()
    trace = mlflow.get_trace(trace_id)
    assert trace is not None
    return trace


def one_trace(name="work"):
    with mlflow.start_span(name=name) as span:
        span.set_inputs({"question": "why"})
        span.set_outputs({"answer": 42})
    return id_of(span)


def spans_of(trace):
    return {span.name: span for span in trace.data.spans}


def test_nested_functions(client, experiment):
    @mlflow.trace(name="step", span_type="TOOL")
    def inner(y):
        return y * 2

    @mlflow.trace(span_type="CHAIN", attributes={"depth": 0})
    def outer(x):
        return {"id": current_id(), "sum": inner(x) + inner(x + 1)}

    answer = outer(5)
    assert answer["sum"] == 22
    trace = read(answer["id"])
    trace_id, state, _ = info_of(trace)
    assert (trace_id, state) == (answer["id"], "OK")
    assert str(trace.info.experiment_id) == experiment
    root, *steps = trace.data.spans
    assert (root.name, root.span_type, root.parent_id) == ("outer", "CHAIN", None)
    assert root.inputs == {"x": 5}
    assert root.outputs == answer
    assert root.attributes["depth"] == 0
    assert [step.parent_id for step in steps] == [root.span_id] * 2
    assert sorted((step.inputs["y"], step.outputs) for step in steps) == [(5, 10), (6, 12)]
    assert all(step.start_time_ns >= root.start_time_ns for step in steps)
    assert all(step.end_time_ns <= root.end_time_ns for step in steps)


def test_attributes_and_events(client, experiment):
    values = {
        "text": "grün 😀 \"quoted\"",
        "count": 7,
        "large": 2**53 + 1,
        "ratio": 0.1,
        "whole": 2.0,
        "flag": True,
        "list": [1, "a", None, [2.5]],
        "nested": {"a": {"b": []}, "c": None},
        "json": '{"not": "parsed"}',
    }
    with mlflow.start_span(name="rich") as span:
        for key, value in values.items():
            span.set_attribute(key, value)
        span.add_event(mlflow.entities.SpanEvent("happened", attributes={"n": 3, "s": "x"}))
    trace = read(id_of(span))
    (found,) = trace.data.spans
    kept = {key: found.attributes[key] for key in values if key != "json"}
    assert kept == {key: value for key, value in values.items() if key != "json"}
    assert found.start_time_ns == span.start_time_ns
    assert found.end_time_ns == span.end_time_ns
    (event,) = found.events
    assert (event.name, event.attributes) == ("happened", {"n": 3, "s": "x"})


def test_an_exception(client, experiment):
    ids = []

    @mlflow.trace
    def fails():
        ids.append(current_id())
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        fails()
    trace = read(ids[0])
    assert info_of(trace)[1] == "ERROR"
    (span,) = trace.data.spans
    assert span.status.status_code.value == "ERROR"
    assert "no luck" in span.status.description
    (event,) = span.events
    assert event.name == "exception"
    assert event.attributes["exception.message"] == "no luck"


def test_tags(client, experiment):
    trace_id = one_trace()
    settle()
    client.set_trace_tag(trace_id, "team/colour", "blue")
    client.set_trace_tag(trace_id, "team/colour", "red")
    assert read(trace_id).info.tags["team/colour"] == "red"
    client.delete_trace_tag(trace_id, "team/colour")
    assert "team/colour" not in read(trace_id).info.tags
    with refused(MISSING, f"No trace tag with key 'team/colour' for trace with ID '{trace_id}'"):
        client.delete_trace_tag(trace_id, "team/colour")


def test_a_tag_that_no_file_could_be_called(client, experiment):
    trace_id = one_trace()
    settle()
    with refused(INVALID):
        client.set_trace_tag(trace_id, "a//b", "1")


def test_long_tags_are_cut(client, experiment):
    trace_id = one_trace()
    settle()
    client.set_trace_tag(trace_id, "long", "x" * 9000)
    # Stock keeps 8000 characters and shows 4096 of them.
    assert 4096 <= len(read(trace_id).info.tags["long"]) <= 8000


def test_delete_by_id(client, experiment):
    kept, gone = one_trace(), one_trace()
    settle()
    named = {"trace_ids" if VERSION >= (3,) else "request_ids": [gone, "tr-unknown"]}
    assert client.delete_traces(experiment, **named) == 1
    assert mlflow.get_trace(gone) is None
    assert read(kept)
    assert client.delete_traces(experiment, **named) == 0


def test_delete_by_time(client, experiment):
    one_trace()
    one_trace()
    settle()
    now = int(time.time() * 1000) + 1000
    assert client.delete_traces(experiment, max_timestamp_millis=now, max_traces=1) == 1
    assert client.delete_traces(experiment, max_timestamp_millis=now) == 1
    assert client.delete_traces(experiment, max_timestamp_millis=now) == 0


def test_a_trace_that_is_not_there(client):
    assert mlflow.get_trace("tr-" + "0" * 32) is None


def test_inside_of_a_run(client, experiment):
    with mlflow.start_run() as run:
        trace_id = one_trace()
    assert info_of(read(trace_id))[2]["mlflow.sourceRun"] == run.info.run_id


def test_spans_by_hand(client, experiment):
    start = client.start_trace if VERSION < (3,) else None
    if start is None:
        root = mlflow.start_span_no_context("by hand", inputs={"a": 1}, tags={"k": "v"})
        child = mlflow.start_span_no_context("child", parent_span=root)
        child.end(outputs=2)
        root.end(outputs={"b": 2})
    else:
        root = start("by hand", inputs={"a": 1}, tags={"k": "v"}, experiment_id=experiment)
        child = client.start_span("child", request_id=id_of(root), parent_id=root.span_id)
        client.end_span(id_of(root), child.span_id, outputs=2)
        client.end_trace(id_of(root), outputs={"b": 2})
    trace = read(id_of(root))
    assert trace.info.tags["k"] == "v"
    found = spans_of(trace)
    assert found["child"].parent_id == found["by hand"].span_id
    assert found["by hand"].outputs == {"b": 2}


def test_many_spans(client, experiment):
    with mlflow.start_span(name="root") as root:
        for number in range(200):
            with mlflow.start_span(name=f"child {number}") as child:
                child.set_inputs({"text": "x" * 500})
    assert len(read(id_of(root)).data.spans) == 201


def test_the_file_that_pages_show(client, experiment):
    trace_id = one_trace()
    settle()
    for prefix in ("2.0", "3.0"):
        path = f"/ajax-api/{prefix}/mlflow/get-trace-artifact"
        answer = requests.get(f"{URL}{path}", params={"request_id": trace_id}, timeout=60)
        assert answer.status_code == 200
        (span,) = json.loads(answer.text)["spans"]
        assert span["name"] == "work"
        assert json.loads(span["attributes"]["mlflow.spanInputs"]) == {"question": "why"}


@requires_mlflow("3.2")
def test_what_a_page_shows_of_a_trace(client, experiment):
    @mlflow.trace
    def chat(messages):
        mlflow.update_current_trace(
            tags={"kind": "chat"},
            metadata={"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"},
            client_request_id="request-1",
        )
        return current_id()

    trace_id = chat([{"role": "user", "content": "hello"}])
    info = read(trace_id).info
    assert info.client_request_id == "request-1"
    assert info.tags["kind"] == "chat"
    assert info.tags["mlflow.traceName"] == "chat"
    assert info.trace_metadata["mlflow.trace.session"] == "s-1"
    assert info.trace_metadata["mlflow.trace.user"] == "u-1"
    assert "hello" in info.request_preview
    assert trace_id in info.response_preview


@requires_mlflow("3.2")
def test_token_usage(client, experiment):
    def usage(n):
        return {"input_tokens": n, "output_tokens": 2 * n, "total_tokens": 3 * n}

    with mlflow.start_span(name="agent") as root:
        for n in (1, 10):
            with mlflow.start_span(name=f"call {n}", span_type="LLM") as call:
                call.set_attribute("mlflow.chat.tokenUsage", usage(n))
    assert read(id_of(root)).info.token_usage == usage(11)


@requires_mlflow("3.5")
def test_link_traces_to_a_run(client, experiment, run_id):
    ids = [one_trace(), one_trace()]
    settle()
    client.link_traces_to_run(ids, run_id)
    client.link_traces_to_run(ids, run_id)
    with refused(INVALID):
        client.link_traces_to_run([f"tr-{n}" for n in range(101)], run_id)


@requires_mlflow("3.5")
def test_link_a_prompt_to_a_trace(client, experiment):
    prompt = mlflow.genai.register_prompt(unique("prompt"), "Say {{ it }}")
    trace_id = one_trace()
    settle()
    client.link_prompt_versions_to_trace([prompt], trace_id)
    linked = json.loads(read(trace_id).info.tags["mlflow.linkedPrompts"])
    assert linked == [{"name": prompt.name, "version": "1"}]


def otlp_request(trace_id, span_id, **members):
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
    )

    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    service = resource_spans.resource.attributes.add(key="service.name")
    service.value.string_value = "shop"
    resource_spans.scope_spans.add().spans.add(trace_id=trace_id, span_id=span_id, **members)
    return request.SerializeToString()


def export(body, experiment, **headers):
    return requests.post(
        f"{URL}/v1/traces",
        data=body,
        headers={
            "Content-Type": "application/x-protobuf",
            "x-mlflow-experiment-id": experiment,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        timeout=60,
    )


@requires_mlflow("3.11")
@pytest.mark.parametrize("packed", [False, True])
def test_spans_of_an_opentelemetry_exporter(client, experiment, run_id, packed):
    trace_id, root, child = os.urandom(16), os.urandom(8), os.urandom(8)
    start = time.time_ns()
    for body in (
        otlp_request(
            trace_id,
            child,
            name="child",
            parent_span_id=root,
            start_time_unix_nano=start + 1_000_000,
            end_time_unix_nano=start + 2_000_000,
        ),
        otlp_request(
            trace_id,
            root,
            name="GET /",
            start_time_unix_nano=start,
            end_time_unix_nano=start + 5_000_000_000,
        ),
    ):
        headers = {"Content_Encoding": "gzip"} if packed else {}
        data = gzip.compress(body) if packed else body
        answer = export(data, experiment, x_mlflow_run_id=run_id, **headers)
        assert (answer.status_code, answer.content) == (200, b"")
    trace = read(f"tr-{trace_id.hex()}")
    assert trace.info.state.value == "OK"
    assert trace.info.tags["service.name"] == "shop"
    assert abs(trace.info.execution_duration - 5000) <= 1
    assert [span.name for span in trace.data.spans] == ["GET /", "child"]
    assert trace.data.spans[1].parent_id == root.hex()
    assert trace.data.spans[0].start_time_ns == start


@requires_mlflow("3.11")
def test_no_spans_at_all(experiment):
    assert export(b"", experiment).status_code == 400
    assert export(b"\xff\xff", experiment).status_code == 400
    assert export(otlp_request(b"", b"1"), experiment).status_code == 422
