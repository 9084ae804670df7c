import pytest
from support import EXISTS, INVALID, MISSING, refused, requires_mlflow
from tracing_support import log_trace, tracing  # noqa: F401

pytestmark = requires_mlflow("3.17")


@pytest.fixture
def queues():
    from mlflow.genai import review_queues

    return review_queues


def test_make_find_change_and_delete(experiment, queues):
    made = queues.create_review_queue("Team", queue_type="custom", users=["Zoe", "ann"], experiment_id=experiment)
    assert list(made.users) == ["ann", "zoe"]
    assert queues.get_review_queue(made.queue_id) == made
    assert queues.get_review_queue(name="TEAM", experiment_id=experiment) == made
    own = queues.get_or_create_user_queue("ann", experiment_id=experiment)
    assert queues.get_or_create_user_queue("ANN", experiment_id=experiment) == own
    names = [each.name for each in queues.list_review_queues(user="ann", experiment_id=experiment)]
    assert names == ["ann", "Team"]
    changed = queues.update_review_queue(made.queue_id, name="Crew", users=["bob"])
    assert (changed.name, list(changed.users)) == ("Crew", ["bob"])
    with refused(EXISTS, "Review queue with name 'crew' already exists (names are case-insensitive)."):
        queues.create_review_queue("crew", queue_type="custom", experiment_id=experiment)
    with refused(INVALID):
        queues.update_review_queue(own.queue_id, name="other")
    queues.delete_review_queue(made.queue_id)
    with refused(MISSING, f"Review queue with id '{made.queue_id}' not found."):
        queues.get_review_queue(made.queue_id)


def test_items(experiment, queues):
    queue = queues.create_review_queue("q", queue_type="custom", experiment_id=experiment)
    traces = [log_trace(), log_trace()]
    added = queues.add_items_to_review_queue(queue.queue_id, item_ids=traces)
    assert [each.item_id for each in added] == traces
    done = queues.set_review_queue_item_status(
        queue.queue_id, item_id=traces[0], status="complete", completed_by="ann"
    )
    assert done.completed_by == "ann"
    (waiting,) = queues.list_review_queue_items(queue.queue_id, status="pending")
    assert waiting.item_id == traces[1]
    queues.remove_items_from_review_queue(queue.queue_id, item_ids=traces[:1])
    assert [each.item_id for each in queues.list_review_queue_items(queue.queue_id)] == traces[1:]
    with refused(MISSING):
        queues.add_items_to_review_queue(queue.queue_id, item_ids=["tr-none"])
