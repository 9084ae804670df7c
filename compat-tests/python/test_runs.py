import time

import mlflow
import pytest
from mlflow.entities import RunStatus
from support import INVALID, MISSING, refused, unique

ABSENT = "0123456789abcdef0123456789abcdef"


def test_create_and_get(client, experiment):
    created = client.create_run(
        experiment, start_time=1_700_000_000_123, tags={"a": "1"}, run_name="first try"
    )
    found = client.get_run(created.info.run_id)
    info = found.info
    assert len(info.run_id) == 32 and int(info.run_id, 16) >= 0
    assert info.experiment_id == experiment
    assert info.run_name == "first try"
    assert info.status == "RUNNING"
    assert info.start_time == 1_700_000_000_123
    assert info.end_time is None
    assert info.lifecycle_stage == "active"
    assert info.artifact_uri == f"mlflow-artifacts:/{experiment}/{info.run_id}/artifacts"
    assert found.data.tags == {"a": "1", "mlflow.runName": "first try"}
    assert found.data.params == {}
    assert found.data.metrics == {}


def test_a_run_without_a_name_is_given_one(client, experiment):
    run = client.create_run(experiment)
    adjective, noun, number = run.info.run_name.split("-")
    assert adjective.isalpha() and noun.isalpha() and number.isdecimal()
    assert run.data.tags["mlflow.runName"] == run.info.run_name


def test_get_of_an_absent_run(client):
    with refused(MISSING, f"Run with id={ABSENT} not found"):
        client.get_run(ABSENT)


def test_create_in_an_absent_experiment(client):
    with refused(MISSING, "No Experiment with id=987654321 exists"):
        client.create_run("987654321")


def test_fluent_run(client, experiment):
    before = int(time.time() * 1000)
    with mlflow.start_run(run_name="fluent", description="what it is", tags={"k": "v"}) as run:
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
    after = int(time.time() * 1000)

    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert before <= found.info.start_time <= found.info.end_time <= after
    assert found.data.tags["k"] == "v"
    assert found.data.tags["mlflow.note.content"] == "what it is"
    assert found.data.tags["mlflow.source.type"] == "LOCAL"
    assert found.info.user_id == found.data.tags["mlflow.user"]


def test_an_exception_fails_the_run(client, experiment):
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as run:
        _ = 1 / 0
    found = client.get_run(run.info.run_id)
    assert found.info.status == "FAILED"
    assert found.info.end_time >= found.info.start_time


def test_nested_runs(client, experiment):
    with mlflow.start_run(run_name="parent") as parent:
        with mlflow.start_run(run_name="child", nested=True) as child:
            with mlflow.start_run(run_name="grandchild", nested=True) as grandchild:
                pass
        with mlflow.start_run(run_name="sibling", nested=True) as sibling:
            pass
    tag = "mlflow.parentRunId"
    assert tag not in client.get_run(parent.info.run_id).data.tags
    assert client.get_run(child.info.run_id).data.tags[tag] == parent.info.run_id
    assert client.get_run(grandchild.info.run_id).data.tags[tag] == child.info.run_id
    children = client.search_runs([experiment], f"tags.{tag} = '{parent.info.run_id}'")
    assert {run.info.run_id for run in children} == {child.info.run_id, sibling.info.run_id}
    assert client.get_parent_run(grandchild.info.run_id).info.run_id == child.info.run_id


def test_resume(client, experiment):
    with mlflow.start_run() as run:
        mlflow.log_param("first", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_param("second", 2)
    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert found.data.params == {"first": "1", "second": "2"}


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_terminate(client, run_id, status):
    client.set_terminated(run_id, status=status, end_time=1_800_000_000_000)
    info = client.get_run(run_id).info
    assert (info.status, info.end_time) == (status, 1_800_000_000_000)


def test_update_status_and_name(client, run_id):
    client.update_run(run_id, status="SCHEDULED", name="renamed")
    found = client.get_run(run_id)
    assert found.info.status == RunStatus.to_string(RunStatus.SCHEDULED)
    assert found.info.run_name == "renamed"
    assert found.data.tags["mlflow.runName"] == "renamed"
    assert found.info.end_time is None


def test_the_name_tag_renames(client, run_id):
    client.set_tag(run_id, "mlflow.runName", "by tag")
    assert client.get_run(run_id).info.run_name == "by tag"


def test_delete_and_restore(client, run_id):
    client.log_param(run_id, "p", "1")
    client.delete_run(run_id)
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert client.get_run(run_id).data.params == {"p": "1"}
    client.restore_run(run_id)
    client.restore_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_delete_of_an_absent_run(client):
    with refused(MISSING, f"Run with id={ABSENT} not found"):
        client.delete_run(ABSENT)


@pytest.mark.parametrize(
    "write",
    [
        lambda client, run_id: client.log_param(run_id, "p", 1),
        lambda client, run_id: client.log_metric(run_id, "m", 1),
        lambda client, run_id: client.set_tag(run_id, "t", 1),
        lambda client, run_id: client.set_terminated(run_id),
    ],
    ids=["param", "metric", "tag", "status"],
)
def test_a_deleted_run_takes_no_writes(client, run_id, write):
    client.delete_run(run_id)
    message = f"The run {run_id} must be in the 'active' state. Current state is deleted."
    # After the server's words for a param, the client adds advice of its own.
    with refused(INVALID, prefix=message):
        write(client, run_id)


def test_mlflow_get_run_and_last_active_run(experiment):
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 0.5)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"m": 0.5}
    assert mlflow.last_active_run().info.run_id == run.info.run_id


def test_runs_in_parallel_experiments(client):
    ids = [client.create_experiment(unique("experiment")) for _ in range(2)]
    runs = [client.create_run(experiment_id).info.run_id for experiment_id in ids]
    found = client.search_runs(ids, order_by=["start_time ASC"])
    assert sorted(run.info.run_id for run in found) == sorted(runs)
