import time

import mlflow
import pytest
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from support import EXISTS, INVALID, MISSING, refused, requires_mlflow, unique

ABSENT = "987654321"


def test_create_and_get(client):
    name = unique("experiment")
    before = int(time.time() * 1000) - 60_000

    experiment_id = client.create_experiment(name, tags={"team": "vision", "note": "a b"})

    found = client.get_experiment(experiment_id)
    assert experiment_id.isdecimal()
    assert found.experiment_id == experiment_id
    assert found.name == name
    assert found.lifecycle_stage == "active"
    assert found.tags == {"team": "vision", "note": "a b"}
    assert found.artifact_location == f"mlflow-artifacts:/{experiment_id}"
    assert found.creation_time == found.last_update_time
    assert before < found.creation_time < before + 120_000


def test_ids_grow(client):
    first = client.create_experiment(unique("experiment"))
    second = client.create_experiment(unique("experiment"))
    assert int(second) > int(first)


def test_the_default_experiment_exists(client):
    found = client.get_experiment("0")
    assert (found.experiment_id, found.name, found.lifecycle_stage) == ("0", "Default", "active")


@pytest.mark.parametrize("text", ["a/b:c", "Größe µ 日本", "it's \"quoted\"", "100%"])
def test_names_are_free_text(client, text):
    name = unique(text)
    experiment_id = client.create_experiment(name)
    assert client.get_experiment_by_name(name).experiment_id == experiment_id


def test_artifact_location_is_kept(client):
    location = f"s3://bucket/{unique('folder')}"
    experiment_id = client.create_experiment(unique("experiment"), artifact_location=location)
    assert client.get_experiment(experiment_id).artifact_location == location
    run = client.create_run(experiment_id)
    assert run.info.artifact_uri == f"{location}/{run.info.run_id}/artifacts"


def test_get_by_name(client):
    name = unique("experiment")
    assert client.get_experiment_by_name(name) is None
    experiment_id = client.create_experiment(name)
    assert client.get_experiment_by_name(name).experiment_id == experiment_id
    assert client.get_experiment_by_name(name.upper()) is None


def test_get_of_an_absent_id(client):
    with refused(MISSING, f"No Experiment with id={ABSENT} exists"):
        client.get_experiment(ABSENT)


def test_a_name_is_taken_once(client):
    name = unique("experiment")
    client.create_experiment(name)
    with refused(EXISTS, prefix=f"Experiment(name={name}) already exists."):
        client.create_experiment(name)


def test_a_deleted_experiment_keeps_its_name(client):
    name = unique("experiment")
    experiment_id = client.create_experiment(name)
    client.delete_experiment(experiment_id)
    with refused(EXISTS, prefix=f"Experiment(name={name}) already exists."):
        client.create_experiment(name)
    assert client.get_experiment_by_name(name).lifecycle_stage == "deleted"


def test_set_experiment_creates_then_finds():
    name = unique("experiment")
    created = mlflow.set_experiment(name)
    found = mlflow.set_experiment(name)
    assert created.experiment_id == found.experiment_id
    assert mlflow.set_experiment(experiment_id=created.experiment_id).name == name


def test_set_experiment_refuses_a_deleted_one(client):
    name = unique("experiment")
    client.delete_experiment(client.create_experiment(name))
    with pytest.raises(MlflowException, match="deleted experiment"):
        mlflow.set_experiment(name)


def test_rename(client):
    old, new = unique("old"), unique("new")
    experiment_id = client.create_experiment(old)
    before = client.get_experiment(experiment_id)
    time.sleep(0.005)

    client.rename_experiment(experiment_id, new)

    after = client.get_experiment(experiment_id)
    assert after.name == new
    assert after.creation_time == before.creation_time
    assert after.last_update_time > before.last_update_time
    assert client.get_experiment_by_name(old) is None


def test_rename_to_a_taken_name(client):
    taken, mine = unique("taken"), unique("mine")
    client.create_experiment(taken)
    experiment_id = client.create_experiment(mine)
    with pytest.raises(MlflowException) as caught:
        client.rename_experiment(experiment_id, taken)
    assert caught.value.error_code in ("BAD_REQUEST", EXISTS)
    assert client.get_experiment(experiment_id).name == mine


def test_delete_and_restore_carry_the_runs_along(client):
    experiment_id = client.create_experiment(unique("experiment"))
    run_id = client.create_run(experiment_id).info.run_id

    client.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment_id]) == []
    deleted = client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)
    assert [run.info.run_id for run in deleted] == [run_id]

    client.restore_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_delete_and_restore_need_the_right_stage(client):
    experiment_id = client.create_experiment(unique("experiment"))
    message = f"No Experiment with id={experiment_id} exists"
    with refused(MISSING, message):
        client.restore_experiment(experiment_id)
    client.delete_experiment(experiment_id)
    with refused(MISSING, message):
        client.delete_experiment(experiment_id)


def test_a_deleted_experiment_takes_no_writes(client):
    experiment_id = client.create_experiment(unique("experiment"))
    client.delete_experiment(experiment_id)
    message = (
        f"The experiment {experiment_id} must be in the 'active' state. Current state is deleted."
    )
    with refused(INVALID, message):
        client.create_run(experiment_id)
    with refused(INVALID, message):
        client.set_experiment_tag(experiment_id, "k", "v")


def test_tags(client):
    experiment_id = client.create_experiment(unique("experiment"))
    client.set_experiment_tag(experiment_id, "stage", "draft")
    client.set_experiment_tag(experiment_id, "stage", "final")
    client.set_experiment_tag(experiment_id, "a.b/c-d e", "ünïcode")
    client.set_experiment_tag(experiment_id, "mlflow.note.content", "# Heading\n\n*text*")
    assert client.get_experiment(experiment_id).tags == {
        "stage": "final",
        "a.b/c-d e": "ünïcode",
        "mlflow.note.content": "# Heading\n\n*text*",
    }


def test_long_tag_values_are_kept_whole(client):
    experiment_id = client.create_experiment(unique("experiment"))
    client.set_experiment_tag(experiment_id, "long", "x" * 5000)
    assert client.get_experiment(experiment_id).tags["long"] == "x" * 5000


def test_fluent_tags(client, experiment):
    mlflow.set_experiment_tag("one", "1")
    mlflow.set_experiment_tags({"two": 2, "three": "3"})
    assert client.get_experiment(experiment).tags == {"one": "1", "two": "2", "three": "3"}


@requires_mlflow("3.0")
def test_delete_tag(client):
    experiment_id = client.create_experiment(unique("experiment"), tags={"a": "1", "b": "2"})
    client.delete_experiment_tag(experiment_id, "a")
    assert client.get_experiment(experiment_id).tags == {"b": "2"}
    with refused(MISSING, f"No tag with name: a in experiment with id {experiment_id}"):
        client.delete_experiment_tag(experiment_id, "a")
