"""Traces as MLflow 2 starts, ends and searches them: nothing but the server keeps them."""

import mlflow
import pytest
from support import INVALID, before_mlflow, refused, requires_mlflow

pytestmark = [requires_mlflow("2.17"), before_mlflow("3.0")]
TIME_MS = 1_700_000_000_000
STATES = {"a": "OK", "b": "OK", "c": "ERROR"}


@pytest.fixture(scope="module", autouse=True)
def tracing():
    """The other suites keep tracing off."""
    mlflow.tracing.enable()
    yield
    mlflow.tracing.disable()


def log_trace(client, experiment, name, number):
    start = (TIME_MS + 1_000 * number) * 1_000_000
    root = client.start_trace(
        name,
        inputs={"q": name},
        tags={"k": name},
        experiment_id=experiment,
        start_time_ns=start,
    )
    ids = {"request_id": root.request_id}
    child = client.start_span("call", parent_id=root.span_id, inputs={"x": number}, **ids)
    client.end_span(span_id=child.span_id, outputs=number * 2, **ids)
    client.end_trace(
        outputs=f"answer {name}", status=STATES[name], end_time_ns=start + 250_000_000, **ids
    )
    return root.request_id


@pytest.fixture
def traces(client, experiment):
    made = {name: log_trace(client, experiment, name, index) for index, name in enumerate("abc")}
    if hasattr(mlflow, "flush_trace_async_logging"):
        mlflow.flush_trace_async_logging()
    return made


@pytest.fixture
def search(client, experiment, traces):
    """Names of the traces that are found, in order."""
    by_id = {trace_id: name for name, trace_id in traces.items()}

    def find(filter_string=None, **wish):
        found = client.search_traces([experiment], filter_string=filter_string, **wish)
        return "".join(by_id[trace.info.request_id] for trace in found)

    return find


def test_a_trace_of_two_steps(client, traces):
    trace = client.get_trace(traces["c"], display=False)
    info = trace.info
    assert (info.timestamp_ms, info.execution_time_ms) == (TIME_MS + 2_000, 250)
    assert info.status.value == "ERROR"
    assert info.tags["k"] == "c"
    assert info.tags["mlflow.traceName"] == "c"
    assert info.request_metadata["mlflow.traceInputs"] == '{"q": "c"}'
    root, child = trace.data.spans
    assert (root.name, root.inputs, root.outputs) == ("c", {"q": "c"}, "answer c")
    assert (child.name, child.parent_id, child.outputs) == ("call", root.span_id, 4)


def test_the_newest_come_first(search):
    assert search() == "cba"
    assert search(order_by=["timestamp_ms ASC"]) == "abc"
    assert search(order_by=["status", "timestamp DESC"]) == "cba"


@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("status = 'OK'", "ba"),
        ("attributes.status = 'ERROR'", "c"),
        ("tags.k = 'b'", "b"),
        ("tags.k != 'b' AND status = 'OK'", "a"),
        ("name = 'a'", "a"),
        (f"timestamp_ms > {TIME_MS}", "cb"),
        (f"timestamp_ms = {TIME_MS + 1_000}", "b"),
        ("execution_time_ms = 250", "cba"),
        ("execution_time_ms > 250", ""),
    ],
)
def test_filters(search, filter_string, expected):
    assert search(filter_string) == expected


def test_pages(client, experiment, traces):
    page = client.search_traces([experiment], max_results=2)
    rest = client.search_traces([experiment], max_results=2, page_token=page.token)
    found = [trace.info.request_id for trace in [*page, *rest]]
    assert found == [traces[name] for name in "cba"]
    assert not rest.token


def test_spans_come_with_their_traces(experiment, traces):
    frame = mlflow.search_traces(experiment_ids=[experiment], filter_string="name = 'a'")
    assert list(frame["request_id"]) == [traces["a"]]
    assert frame["request"][0] == {"q": "a"}
    assert frame["response"][0] == "answer a"


def test_bad_filters(client, experiment):
    with refused(INVALID, prefix="Invalid attribute key 'colour' specified."):
        client.search_traces([experiment], filter_string="colour = 'red'")
