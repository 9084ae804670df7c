import time

import mlflow
import pytest
from support import INVALID, MISSING, refused, unique


def absent(name, version):
    return f"Model Version (name={name}, version={version}) not found"


def numbers(versions):
    return [int(version.version) for version in versions]


@pytest.fixture
def model(client):
    name = unique("model")
    client.create_registered_model(name)
    return name


@pytest.fixture
def add(client, run, model):
    """Adds a version of the fresh model from the fresh run."""

    def add_version(**options):
        source = f"{run.info.artifact_uri}/model"
        return client.create_model_version(model, source, run.info.run_id, **options)

    return add_version


def test_create_and_get(client, run, model, add):
    add(tags={"k": "v"}, description="first")
    found = client.get_model_version(model, "1")
    assert found.name == model
    assert int(found.version) == 1
    assert found.description == "first"
    assert found.tags == {"k": "v"}
    assert found.run_id == run.info.run_id
    assert found.source == f"{run.info.artifact_uri}/model"
    assert found.status == "READY"
    assert found.current_stage == "None"
    assert found.creation_timestamp == found.last_updated_timestamp


def test_numbers_count_up_and_are_not_used_twice(client, model, add):
    assert numbers([add(), add(), add()]) == [1, 2, 3]
    client.delete_model_version(model, "3")
    assert numbers([add()]) == [4]


def test_create_moves_the_model(client, model, add):
    before = client.get_registered_model(model).last_updated_timestamp
    time.sleep(0.005)
    add()
    assert client.get_registered_model(model).last_updated_timestamp > before


def test_a_version_of_an_absent_model(client, run):
    name = unique("absent")
    with refused(MISSING, f"Registered Model with name={name} not found"):
        client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)


def test_get_of_an_absent_version(client, model):
    with refused(MISSING, absent(model, 7)):
        client.get_model_version(model, "7")


def test_a_version_is_a_number(client, model):
    with refused(INVALID, prefix="Parameter 'version' must be an integer, got 'x'."):
        client.get_model_version(model, "x")


def test_a_local_source_must_belong_to_the_run(client, run, model):
    with refused(INVALID, prefix="Invalid model version source: '/etc/passwd'."):
        client.create_model_version(model, "/etc/passwd", run.info.run_id)
    with refused(INVALID, prefix="Invalid model version source: "):
        client.create_model_version(
            model, f"{run.info.artifact_uri}/../../secret", run.info.run_id
        )
    assert client.search_model_versions(f"name = '{model}'") == []


def test_a_remote_source(client, model):
    version = client.create_model_version(model, "s3://bucket/folder/model")
    assert version.source == "s3://bucket/folder/model"
    assert not version.run_id
    assert client.get_model_version_download_uri(model, "1") == "s3://bucket/folder/model"


def test_download_uri(client, run, model, add):
    add()
    uri = client.get_model_version_download_uri(model, "1")
    assert uri == f"{run.info.artifact_uri}/model"


def test_update(client, model, add):
    created = add()
    time.sleep(0.005)
    updated = client.update_model_version(model, "1", "described")
    assert updated.description == "described"
    assert updated.last_updated_timestamp > created.last_updated_timestamp
    assert client.get_model_version(model, "1").description == "described"


def test_tags(client, model, add):
    add(tags={"a": "1"})
    client.set_model_version_tag(model, "1", "a", "2")
    client.set_model_version_tag(model, "1", "b", "3")
    assert client.get_model_version(model, "1").tags == {"a": "2", "b": "3"}
    client.delete_model_version_tag(model, "1", "a")
    client.delete_model_version_tag(model, "1", "never")
    assert client.get_model_version(model, "1").tags == {"b": "3"}
    with refused(MISSING, absent(model, 9)):
        client.set_model_version_tag(model, "9", "a", "1")


def test_delete(client, model, add):
    add()
    add()
    client.set_registered_model_alias(model, "gone", "1")
    client.delete_model_version(model, "1")
    with refused(MISSING, absent(model, 1)):
        client.get_model_version(model, "1")
    with refused(MISSING, absent(model, 1)):
        client.delete_model_version(model, "1")
    assert numbers(client.search_model_versions(f"name = '{model}'")) == [2]
    assert client.get_registered_model(model).aliases == {}


def test_latest_versions_in_the_model(client, model, add):
    add()
    add(tags={"k": "v"})
    (latest,) = client.get_registered_model(model).latest_versions
    assert int(latest.version) == 2
    assert latest.tags == {"k": "v"}


def test_copy(client, run, model, add):
    add(tags={"k": "v"}, description="original")
    target = unique("copy")
    copied = client.copy_model_version(f"models:/{model}/1", target)
    assert (copied.name, int(copied.version)) == (target, 1)
    found = client.get_model_version(target, "1")
    assert found.source == f"models:/{model}/1"
    assert found.run_id == run.info.run_id
    assert found.tags == {"k": "v"}
    uri = client.get_model_version_download_uri(target, "1")
    assert uri == f"{run.info.artifact_uri}/model"


def test_copy_of_a_copy(client, run, model, add):
    add()
    second, third = unique("copy"), unique("copy")
    client.copy_model_version(f"models:/{model}/1", second)
    client.copy_model_version(f"models:/{second}/1", third)
    uri = client.get_model_version_download_uri(third, "1")
    assert uri == f"{run.info.artifact_uri}/model"


@pytest.fixture
def three(client, model, add):
    """Versions 1, 2 and 3 of the fresh model, tagged, then 1 updated last."""
    for tags in ({"env": "dev"}, {"env": "prod", "gpu": "no"}, {"env": "Prod"}):
        add(tags=tags)
        time.sleep(0.003)
    client.update_model_version(model, "1", "newest")
    return model


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("", [1, 3, 2]),
        ("tags.env = 'prod'", [2]),
        ("tags.env != 'prod'", [1, 3]),
        ("tags.env ILIKE 'PROD'", [3, 2]),
        ("tag.gpu = 'no' AND tags.env LIKE 'p%'", [2]),
        ("version_number > 1", [3, 2]),
        ("version_number = 2", [2]),
        ("run_id = '{run_id}'", [1, 3, 2]),
        ("run_id IN ('{run_id}', 'other')", [1, 3, 2]),
        ("run_id = 'other'", []),
        ("source_path LIKE '%/model'", [1, 3, 2]),
        ("source_path = 'elsewhere'", []),
    ],
)
def test_search(client, run_id, three, clause, expected):
    mine = f"name = '{three}'"
    clause = clause.format(run_id=run_id)
    found = client.search_model_versions(f"{mine} AND {clause}" if clause else mine)
    assert numbers(found) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["version_number ASC"], [1, 2, 3]),
        (["version_number DESC"], [3, 2, 1]),
        (["last_updated_timestamp ASC"], [2, 3, 1]),
        (["creation_timestamp DESC"], [3, 2, 1]),
        (["name ASC"], [3, 2, 1]),
    ],
)
def test_search_order(client, three, order, expected):
    found = client.search_model_versions(f"name = '{three}'", order_by=order)
    assert numbers(found) == expected


def test_search_pages(client, three):
    mine = f"name = '{three}'"
    first = client.search_model_versions(mine, max_results=2, order_by=["version_number ASC"])
    assert numbers(first) == [1, 2]
    rest = client.search_model_versions(
        mine, max_results=2, order_by=["version_number ASC"], page_token=first.token
    )
    assert numbers(rest) == [3]
    assert not rest.token


def test_search_several_models(client, run):
    wanted = [unique("model") for _ in range(2)]
    for name in wanted:
        client.create_registered_model(name)
        client.create_model_version(name, f"{run.info.artifact_uri}/m", run.info.run_id)
    found = mlflow.search_model_versions(
        filter_string=f"name IN ('{wanted[0]}', '{wanted[1]}')", order_by=["name ASC"]
    )
    assert [version.name for version in found] == sorted(wanted)


@pytest.mark.parametrize(
    ("clause", "prefix"),
    [
        ("aliases = 'x'", "Invalid attribute key 'aliases' specified. Valid keys are "),
        ("version_number LIKE '1'", "Invalid comparator for attribute version_number: LIKE"),
        ("name = 'a' OR name = 'b'", "Invalid clause(s) in filter string: OR"),
    ],
)
def test_bad_filters(client, clause, prefix):
    with refused(INVALID, prefix=prefix):
        client.search_model_versions(clause)
