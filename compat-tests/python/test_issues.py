import mlflow
import pytest
from support import MISSING, refused, requires_mlflow
from tracing_support import log_trace, tracing  # noqa: F401

pytestmark = requires_mlflow("3.17")


@pytest.fixture
def store():
    """The calls that clients make for issues, most of which have no public name."""
    from mlflow.tracking._tracking_service.utils import _get_store

    return _get_store()


def test_make_change_and_search(experiment, store):
    from mlflow.entities.issue import IssueSeverity, IssueStatus

    made = store.create_issue(
        experiment, "slow", "It takes long", severity=IssueSeverity.LOW, root_causes=["size"], categories=["latency"]
    )
    assert (made.status, made.severity) == (IssueStatus.PENDING, IssueSeverity.LOW)
    assert store.get_issue(made.issue_id) == made
    store.create_issue(experiment, "wrong", "It lies", severity=IssueSeverity.HIGH, created_by="bob")
    changed = store.update_issue(made.issue_id, status=IssueStatus.RESOLVED, name="slower")
    assert (changed.name, changed.status, changed.root_causes) == ("slower", IssueStatus.RESOLVED, ["size"])
    assert [issue.name for issue in store.search_issues(experiment)] == ["wrong", "slower"]
    (open_one,) = store.search_issues(experiment, filter_string="status = 'pending'")
    assert (open_one.name, open_one.created_by) == ("wrong", "bob")
    first = store.search_issues(experiment, max_results=1)
    (second,) = store.search_issues(experiment, max_results=1, page_token=first.token)
    assert [first[0].name, second.name] == ["wrong", "slower"]


def test_a_trace_has_an_issue(experiment, store):
    made = store.create_issue(experiment, "slow", "It takes long")
    logged = mlflow.log_issue(trace_id=log_trace(), issue_id=made.issue_id)
    assert logged.issue.issue_name == "slow"
    (counted,) = store.search_issues(experiment, include_trace_count=True)
    assert counted.trace_count == 1


def test_missing(store):
    with refused(MISSING, "Issue with ID 'none' not found"):
        store.get_issue("none")
