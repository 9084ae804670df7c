import mlflow
import pytest
from mlflow.entities import AssessmentError, AssessmentSource, Expectation, Feedback
from support import INVALID, MISSING, refused, requires_mlflow
from tracing_support import log_trace, tracing  # noqa: F401

pytestmark = requires_mlflow("3.6")

BOB = AssessmentSource(source_type="HUMAN", source_id="bob")


@pytest.fixture
def trace_id(experiment):
    return log_trace()


def values(trace_id, name):
    """Every assessment of that name, overridden ones included, as (value, valid)."""
    found = mlflow.get_trace(trace_id).search_assessments(name=name, all=True)
    return [(each.value, each.valid) for each in found]


@pytest.mark.parametrize("value", [True, "yes", 0.5, 3, ["a", 1.5], {"score": 2.0, "why": "x"}, ""])
def test_feedback(trace_id, value):
    made = mlflow.log_feedback(
        trace_id=trace_id,
        name="q",
        value=value,
        source=BOB,
        rationale="because",
        metadata={"k": "v"},
        span_id="0123456789abcdef",
    )
    found = mlflow.get_assessment(trace_id, made.assessment_id)
    for each in (made, found):
        assert each.assessment_id.startswith("a-")
        assert (each.trace_id, each.name, each.value) == (trace_id, "q", value)
        assert each.source == BOB
        assert each.rationale == "because"
        assert each.metadata["k"] == "v"
        assert each.span_id == "0123456789abcdef"
        assert each.valid is True
        assert each.overrides is None
        assert each.create_time_ms == each.last_update_time_ms
    (shown,) = mlflow.get_trace(trace_id).info.assessments
    assert (shown.assessment_id, shown.value) == (made.assessment_id, value)


def test_feedback_needs_no_name_and_no_source(trace_id):
    made = mlflow.log_feedback(trace_id=trace_id, value=1)
    assert made.name == "feedback"
    assert made.source.source_type == "CODE"


def test_feedback_that_failed(trace_id):
    error = AssessmentError(error_code="LIMIT", error_message="too fast", stack_trace="a\nb")
    made = mlflow.log_feedback(trace_id=trace_id, name="q", error=error)
    found = mlflow.get_assessment(trace_id, made.assessment_id)
    assert found.value is None
    assert found.feedback.error == error
    assert found.error_code == "LIMIT"
    assert found.error_message == "too fast"


@pytest.mark.parametrize("value", ["42", 42, 0.5, False, [1, "a"], {"b": {"c": [1, 2]}, "a": None}])
def test_expectations(trace_id, value):
    made = mlflow.log_expectation(trace_id=trace_id, name="want", value=value, source=BOB)
    found = mlflow.get_assessment(trace_id, made.assessment_id)
    assert isinstance(found, Expectation)
    assert made.value == found.value == value


def test_assessments_made_elsewhere(trace_id):
    feedback = Feedback(name="f", value="a", source=BOB, rationale="r")
    made = mlflow.log_assessment(trace_id=trace_id, assessment=feedback)
    assert mlflow.get_assessment(trace_id, made.assessment_id).value == "a"


def test_a_deprecated_source(trace_id):
    with pytest.warns(FutureWarning, match="AI_JUDGE"):
        source = AssessmentSource(source_type="AI_JUDGE", source_id="gpt")
    made = mlflow.log_feedback(trace_id=trace_id, name="q", value=1, source=source)
    found = mlflow.get_assessment(trace_id, made.assessment_id)
    assert found.source.source_type == "LLM_JUDGE"


def test_update(trace_id):
    made = mlflow.log_feedback(
        trace_id=trace_id, name="q", value=1, rationale="r", metadata={"a": "1", "b": "2"}
    )
    changed = Feedback(name="p", value=2, rationale="s", metadata={"b": "3", "c": "4"})
    mlflow.update_assessment(
        trace_id=trace_id, assessment_id=made.assessment_id, assessment=changed
    )
    found = mlflow.get_assessment(trace_id, made.assessment_id)
    assert (found.name, found.value, found.rationale) == ("p", 2, "s")
    assert found.metadata == {**made.metadata, "a": "1", "b": "3", "c": "4"}
    assert found.source == made.source
    assert found.create_time_ms == made.create_time_ms
    assert found.last_update_time_ms >= made.last_update_time_ms


def test_update_of_an_expectation(trace_id):
    made = mlflow.log_expectation(trace_id=trace_id, name="want", value="a")
    mlflow.update_assessment(
        trace_id=trace_id,
        assessment_id=made.assessment_id,
        assessment=Expectation(name="want", value={"b": 1}),
    )
    assert mlflow.get_assessment(trace_id, made.assessment_id).value == {"b": 1}


def test_an_update_keeps_the_kind(trace_id):
    made = mlflow.log_feedback(trace_id=trace_id, name="q", value=1)
    with refused(INVALID, "Cannot update expectation value on a Feedback assessment."):
        mlflow.update_assessment(
            trace_id=trace_id,
            assessment_id=made.assessment_id,
            assessment=Expectation(name="q", value=2),
        )
    assert values(trace_id, "q") == [(1, True)]


def test_override_and_restore(trace_id):
    first = mlflow.log_feedback(trace_id=trace_id, name="q", value="bad")
    second = mlflow.override_feedback(
        trace_id=trace_id, assessment_id=first.assessment_id, value="good", rationale="looked twice"
    )
    assert second.overrides == first.assessment_id
    assert sorted(values(trace_id, "q")) == [("bad", False), ("good", True)]
    (valid,) = mlflow.get_trace(trace_id).search_assessments(name="q")
    assert valid.assessment_id == second.assessment_id
    mlflow.delete_assessment(trace_id, second.assessment_id)
    assert values(trace_id, "q") == [("bad", True)]


def test_delete_as_often_as_wished(trace_id):
    made = mlflow.log_feedback(trace_id=trace_id, name="q", value=1)
    mlflow.delete_assessment(trace_id, made.assessment_id)
    mlflow.delete_assessment(trace_id, made.assessment_id)
    with refused(
        MISSING, f"Assessment with ID '{made.assessment_id}' not found for trace '{trace_id}'"
    ):
        mlflow.get_assessment(trace_id, made.assessment_id)


def test_what_is_missing_is_named(trace_id):
    with refused(MISSING, "Trace with ID 'tr-none' not found."):
        mlflow.log_feedback(trace_id="tr-none", name="q", value=1)
    with refused(MISSING, "Trace with request_id 'tr-none' not found"):
        mlflow.get_assessment("tr-none", "a-none")
    with refused(MISSING, f"Assessment with ID 'a-none' not found for trace '{trace_id}'"):
        mlflow.override_feedback(trace_id=trace_id, assessment_id="a-none", value=1)


def test_assessments_of_a_run_go_with_it(client, trace_id, run_id):
    metadata = {"mlflow.assessment.sourceRunId": run_id}
    mlflow.log_feedback(trace_id=trace_id, name="q", value=1, metadata=metadata)
    mlflow.log_feedback(trace_id=trace_id, name="p", value=1)
    client.delete_run(run_id)
    assert [each.name for each in mlflow.get_trace(trace_id).info.assessments] == ["p"]


def test_assessments_logged_while_the_trace_runs(experiment):
    with mlflow.start_span("answer") as span:
        mlflow.log_feedback(trace_id=span.trace_id, name="q", value="early")
    mlflow.flush_trace_async_logging()
    assert values(span.trace_id, "q") == [("early", True)]
