import time

import mlflow
import pytest
from support import INVALID, refused, requires_mlflow, unique
from tracing_support import log_trace, tracing  # noqa: F401

pytestmark = requires_mlflow("3.6")


@pytest.fixture
def traces(experiment):
    """Four traces: `a` and `b` went well, `c` and `d` failed; `b` and `d` are of one session."""
    logged = {}
    for name in "abcd":
        logged[name] = log_trace(
            name,
            tags={"k": name},
            metadata={"mlflow.trace.session": "s"} if name in "bd" else {},
            fails=name in "cd",
            model=f"gpt-{name}",
            flush=False,
        )
        # No two of them begin in the same millisecond.
        time.sleep(0.003)
    mlflow.flush_trace_async_logging()
    return logged


@pytest.fixture
def search(client, experiment, traces):
    """Names of the traces that are found, in order."""
    by_id = {trace_id: name for name, trace_id in traces.items()}

    def find(filter_string=None, **wish):
        found = client.search_traces(
            locations=[experiment], filter_string=filter_string, include_spans=False, **wish
        )
        return "".join(by_id[trace.info.trace_id] for trace in found)

    return find


def test_the_newest_come_first(search):
    assert search() == "dcba"
    assert search(order_by=["timestamp ASC"]) == "abcd"
    assert search(order_by=["tags.k"]) == "abcd"
    assert search(order_by=["status DESC", "name"]) == "abcd"


@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("status = 'OK'", "ba"),
        ("trace.status IN ('ERROR', 'IN_PROGRESS')", "dc"),
        ("name = 'a'", "a"),
        ("name LIKE 'A'", ""),
        ("trace.name ILIKE 'A'", "a"),
        ("tags.k RLIKE '^[bc]$'", "cb"),
        ("tags.`k` != 'a' AND status = 'OK'", "b"),
        ("tags.none IS NULL", "dcba"),
        ("metadata.mlflow.trace.session = 's'", "db"),
        ("metadata.mlflow.trace.session IS NULL", "ca"),
        ("timestamp > 0 AND execution_time >= 0", "dcba"),
        ("end_time < 1000", ""),
        ("span.name = 'call' AND span.type = 'LLM'", "dcba"),
        ("span.name = 'call' AND span.type = 'AGENT'", ""),
        ("span.status = 'ERROR'", "dc"),
        ("span.attributes.model LIKE '%gpt-a%'", "a"),
        ("span.attributes.model RLIKE '^gpt-[ab]$'", "ba"),
        ("trace.text LIKE '%what is c?%'", "c"),
        ("feedback.q = 'good'", ""),
    ],
)
def test_filters(search, filter_string, expected):
    assert search(filter_string) == expected


def test_filters_on_ids(search, traces):
    assert search(f"request_id = '{traces['a']}'") == "a"
    assert search(f"request_id IN ('{traces['a']}', '{traces['c']}', 'none')") == "ca"


def test_filters_on_assessments(search, traces):
    for name, value in {"a": "good", "b": 0.7, "c": True, "d": "bad"}.items():
        mlflow.log_feedback(trace_id=traces[name], name="q", value=value)
    mlflow.log_expectation(trace_id=traces["a"], name="want", value="42")
    assert search("feedback.q = 'good'") == "a"
    assert search("feedback.q = 'true'") == "c"
    assert search("feedback.q > 0.5") == "b"
    assert search("feedback.q LIKE '%d%'") == "da"
    assert search("feedback.q IS NOT NULL AND status = 'OK'") == "ba"
    assert search("expectation.want = '42'") == "a"
    assert search("expectation.want IS NULL") == "dcb"


def test_an_assessment_of_a_session_counts_for_its_traces(search, traces):
    metadata = {"mlflow.trace.session": "s"}
    mlflow.log_feedback(trace_id=traces["b"], name="polite", value="yes", metadata=metadata)
    assert search("feedback.polite = 'yes'") == "db"
    assert search("feedback.polite IS NULL") == "ca"


def test_pages(client, experiment, traces):
    seen, token = [], None
    while True:
        page = client.search_traces(
            locations=[experiment], max_results=3, page_token=token, include_spans=False
        )
        seen += [trace.info.trace_id for trace in page]
        token = page.token
        if not token:
            break
    assert seen == [traces[name] for name in "dcba"]


def test_traces_of_a_run(client, experiment, run_id, search, traces):
    assert search(f"run_id = '{run_id}'") == ""
    client.link_traces_to_run([traces["a"], traces["d"]], run_id)
    assert search(f"run_id = '{run_id}'") == "da"
    found = mlflow.search_traces(
        locations=[experiment], run_id=run_id, return_type="list", include_spans=False
    )
    assert [trace.info.trace_id for trace in found] == [traces["d"], traces["a"]]


def test_a_run_that_is_active_has_its_traces(client, experiment):
    with mlflow.start_run() as run:
        trace_id = log_trace()
    found = client.search_traces(
        locations=[experiment], filter_string=f"run_id = '{run.info.run_id}'"
    )
    assert [trace.info.trace_id for trace in found] == [trace_id]


def test_spans_come_with_their_traces(experiment, traces):
    frame = mlflow.search_traces(locations=[experiment], filter_string="name = 'a'")
    assert list(frame["trace_id"]) == [traces["a"]]
    assert [span["name"] for span in frame["spans"][0]] == ["a", "call"]
    assert frame["request"][0] == {"question": "what is a?"}
    assert frame["response"][0] == "42"


def test_other_experiments_are_not_searched(client, experiment, traces):
    other = client.create_experiment(unique("other"))
    assert client.search_traces(locations=[other]) == []


@pytest.mark.parametrize(
    ("filter_string", "prefix"),
    [
        ("status = 'OK' OR status = 'ERROR'", "Invalid clause(s) in filter string: 'OR'"),
        ("state = 'OK'", "Invalid attribute key 'state' specified. Valid keys are '{"),
        ("foo.bar = 'x'", "Invalid entity type 'foo'. Valid values are {"),
        ("status = OK", "Parameter value is either not quoted or unidentified quote types"),
        ("tags.k > 'a'", "Invalid comparator '>' not one of '{"),
        ("span.foo = 'x'", "Invalid span attribute 'foo'. Supported attributes: name, status, type"),
        ("feedback.q = 3", "Expected a quoted string value for feedback (e.g. 'my-value'). Got"),
        ("feedback.q > '3'", "Expected a numeric value for feedback when using comparator '>'"),
        ("prompt = 'p'", "Invalid prompts filter value 'p'. Expected format: prompt ="),
    ],
)
def test_bad_filters(client, experiment, filter_string, prefix):
    with refused(INVALID, prefix=prefix):
        client.search_traces(locations=[experiment], filter_string=filter_string)


def test_bad_orders_and_sizes(client, experiment):
    with refused(INVALID, prefix="Invalid order_by clause 'timestamp BAD'."):
        client.search_traces(locations=[experiment], order_by=["timestamp BAD"])
    with refused(INVALID, prefix="Invalid identifier type 'span'"):
        client.search_traces(locations=[experiment], order_by=["span.name"])
    with refused(INVALID, prefix="Invalid value 501 for parameter 'max_results' supplied"):
        client.search_traces(locations=[experiment], max_results=501)
