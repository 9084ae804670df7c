import mlflow
import pytest
from support import INVALID, URL, refused, requires_mlflow, unique
from tracing_support import log_trace, tracing  # noqa: F401

pytestmark = requires_mlflow("3.11")


@pytest.fixture(scope="module")
def experiment():
    """One for all tests, which only read."""
    return mlflow.set_experiment(unique("experiment")).experiment_id


@pytest.fixture(scope="module")
def traces(experiment):
    """`a` and `b` went well, `c` failed; people liked `a` and `c`."""
    made = {name: log_trace(name, tags={"k": name}, fails=name == "c") for name in "abc"}
    for name, value in {"a": "good", "b": "bad", "c": "good"}.items():
        mlflow.log_feedback(trace_id=made[name], name="q", value=value)
    return made


@pytest.fixture(scope="module")
def store():
    """What the client asks with, where none of its own functions asks for numbers."""
    from mlflow.tracing.client import TracingClient

    return TracingClient(tracking_uri=URL).store


@pytest.fixture
def measure(store, experiment, traces):
    from mlflow.entities.trace_metrics import AggregationType, MetricAggregation, MetricViewType

    def ask(view, metric, *kinds, **wish):
        aggregations = [MetricAggregation(AggregationType(kind)) for kind in kinds]
        return store.query_trace_metrics(
            [experiment], MetricViewType(view), metric, aggregations, **wish
        )

    return ask


def test_counts(measure):
    (point,) = measure("TRACES", "trace_count", "COUNT")
    assert (point.metric_name, point.dimensions, point.values) == ("trace_count", {}, {"COUNT": 3})
    (point,) = measure("TRACES", "trace_count", "COUNT", filters=["trace.status = 'ERROR'"])
    assert point.values == {"COUNT": 1}
    (point,) = measure("SPANS", "span_count", "COUNT", filters=["span.type = 'LLM'"])
    assert point.values == {"COUNT": 3}


def test_counts_by_dimension(measure):
    points = measure("TRACES", "trace_count", "COUNT", dimensions=["trace_status"])
    counts = {point.dimensions["trace_status"]: point.values["COUNT"] for point in points}
    assert counts == {"OK": 2, "ERROR": 1}
    points = measure("ASSESSMENTS", "assessment_count", "COUNT", dimensions=["assessment_value"])
    counts = {point.dimensions["assessment_value"]: point.values["COUNT"] for point in points}
    assert counts == {'"good"': 2, '"bad"': 1}


def test_times(measure):
    (point,) = measure("TRACES", "latency", "AVG", "MIN", "MAX")
    assert 0 <= point.values["MIN"] <= point.values["AVG"] <= point.values["MAX"]


def test_buckets_of_time(measure, traces):
    times = [mlflow.get_trace(trace_id).info.request_time for trace_id in traces.values()]
    wish = {"start_time_ms": min(times), "end_time_ms": max(times) + 1}
    points = measure("TRACES", "trace_count", "COUNT", time_interval_seconds=3600, **wish)
    assert sum(point.values["COUNT"] for point in points) == 3
    assert all("time_bucket" in point.dimensions for point in points)


def test_what_can_not_be_measured(measure):
    with refused(INVALID):
        measure("TRACES", "colour", "COUNT")
    with refused(INVALID):
        measure("TRACES", "trace_count", "AVG")


def test_how_filters_meet(experiment, traces):
    from mlflow.tracing.client import TracingClient

    def correlate(one, other, base=None):
        return TracingClient(URL).calculate_trace_filter_correlation(
            [experiment], one, other, base
        )

    found = correlate("status = 'OK'", "feedback.q = 'good'")
    counts = (found.filter1_count, found.filter2_count, found.joint_count, found.total_count)
    assert counts == (2, 2, 1, 3)
    assert -1 < found.npmi < 0
    assert -1 < found.npmi_smoothed < 1
    assert correlate("tags.k = 'a'", "name = 'a'").npmi == pytest.approx(1)
    found = correlate("status = 'OK'", "feedback.q = 'good'", "name != 'c'")
    assert (found.filter2_count, found.total_count) == (1, 2)
    with refused(INVALID):
        correlate("status = 'OK'", "colour = 'red'")


def test_many_traces_at_once(store, traces):
    ids = [traces["c"], "tr-none", traces["a"]]
    infos = store.batch_get_trace_infos(ids)
    assert sorted(info.trace_id for info in infos) == sorted([traces["a"], traces["c"]])
    found = {trace.info.trace_id: trace for trace in store.batch_get_traces(ids)}
    assert set(found) == {traces["a"], traces["c"]}
    assert [span.name for span in found[traces["a"]].data.spans] == ["a", "call"]
