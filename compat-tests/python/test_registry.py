import time

import mlflow
import pytest
from support import EXISTS, INVALID, MISSING, names, refused, unique


def absent(name):
    return f"Registered Model with name={name} not found"


@pytest.fixture
def model(client):
    """The name of a fresh registered model without versions."""
    name = unique("model")
    client.create_registered_model(name)
    return name


def test_create_and_get(client):
    name = unique("model")
    created = client.create_registered_model(name, tags={"a": "1", "b": "2"}, description="what")
    found = client.get_registered_model(name)
    for each in (created, found):
        assert each.name == name
        assert each.description == "what"
        assert each.tags == {"a": "1", "b": "2"}
        assert each.latest_versions == []
        assert each.creation_timestamp == each.last_updated_timestamp
    assert abs(time.time() * 1000 - found.creation_timestamp) < 60_000


def test_a_name_is_taken_once(client, model):
    with refused(EXISTS, f"Registered Model (name={model}) already exists."):
        client.create_registered_model(model)


@pytest.mark.parametrize("bad", ["a/b", "a:b"])
def test_bad_names(client, bad):
    with refused(INVALID, f"Invalid model name '{bad}'. Names cannot contain '/' or ':'."):
        client.create_registered_model(bad)


def test_free_names(client):
    name = unique("Größe & co. (v2) 日本")
    client.create_registered_model(name)
    assert client.get_registered_model(name).name == name


def test_get_of_an_absent_model(client):
    name = unique("absent")
    with refused(MISSING, absent(name)):
        client.get_registered_model(name)
    with refused(MISSING, absent(name)):
        client.delete_registered_model(name)


def test_update(client, model):
    time.sleep(0.005)
    updated = client.update_registered_model(model, description="better")
    assert updated.description == "better"
    assert updated.last_updated_timestamp > updated.creation_timestamp
    assert client.get_registered_model(model).description == "better"


def test_tags(client, model):
    before = client.get_registered_model(model).last_updated_timestamp
    client.set_registered_model_tag(model, "a", "1")
    client.set_registered_model_tag(model, "a", "2")
    client.set_registered_model_tag(model, "b/c", 3)
    assert client.get_registered_model(model).tags == {"a": "2", "b/c": "3"}
    client.delete_registered_model_tag(model, "a")
    client.delete_registered_model_tag(model, "never")
    found = client.get_registered_model(model)
    assert found.tags == {"b/c": "3"}
    assert found.last_updated_timestamp == before


def test_tags_of_an_absent_model(client):
    name = unique("absent")
    with refused(MISSING, absent(name)):
        client.set_registered_model_tag(name, "a", "1")
    with refused(MISSING, absent(name)):
        client.delete_registered_model_tag(name, "a")


def test_rename(client, run, model):
    client.set_registered_model_tag(model, "a", "1")
    client.create_model_version(model, f"{run.info.artifact_uri}/m", run.info.run_id)
    client.set_registered_model_alias(model, "champion", "1")
    new = unique("renamed")
    client.rename_registered_model(model, new)
    found = client.get_registered_model(new)
    assert found.tags == {"a": "1"}
    assert [version.version for version in found.latest_versions] in (["1"], [1])
    assert client.get_model_version(new, "1").name == new
    assert client.get_model_version_by_alias(new, "champion").name == new
    with refused(MISSING, absent(model)):
        client.get_registered_model(model)


def test_rename_to_a_taken_name(client, model):
    taken = unique("taken")
    client.create_registered_model(taken)
    with refused(EXISTS, prefix=f"Registered Model (name={taken}) already exists."):
        client.rename_registered_model(model, taken)
    assert client.get_registered_model(model).name == model


def test_delete(client, run, model):
    client.create_model_version(model, f"{run.info.artifact_uri}/m", run.info.run_id)
    client.delete_registered_model(model)
    with refused(MISSING, absent(model)):
        client.get_registered_model(model)
    assert client.search_model_versions(f"name = '{model}'") == []
    client.create_registered_model(model)
    version = client.create_model_version(model, f"{run.info.artifact_uri}/m", run.info.run_id)
    assert int(version.version) == 1


class Corpus:
    def __init__(self, client):
        self.prefix = unique("corpus")
        self.client = client
        for word, tags in (
            ("alpha", {"team": "red", "task": "rank"}),
            ("beta", {"team": "blue"}),
            ("gamma", {"team": "Red"}),
            ("delta", {}),
        ):
            client.create_registered_model(f"{self.prefix}-{word}", tags=tags)
            time.sleep(0.003)

    def search(self, clause=None, **options):
        mine = f"name LIKE '{self.prefix}-%'"
        found = self.client.search_registered_models(
            filter_string=f"{mine} AND {clause}" if clause else mine, **options
        )
        return [name.removeprefix(f"{self.prefix}-") for name in names(found)]


@pytest.fixture(scope="module")
def corpus(client):
    return Corpus(client)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (None, "alpha beta delta gamma"),
        ("name LIKE '%ta'", "beta delta"),
        ("name LIKE '%TA'", ""),
        ("name ILIKE '%TA'", "beta delta"),
        ("name != 'x'", "alpha beta delta gamma"),
        ("tags.team = 'red'", "alpha"),
        ("tags.team != 'red'", "beta gamma"),
        ("tags.team ILIKE 'RED'", "alpha gamma"),
        ("tag.`team` LIKE '%e%'", "alpha beta gamma"),
        ("tags.team = 'red' and tags.task = 'rank'", "alpha"),
        ("tags.team = 'blue' AND tags.task = 'rank'", ""),
    ],
)
def test_search(corpus, clause, expected):
    assert corpus.search(clause) == expected.split()


def test_search_by_name(corpus):
    name = f"{corpus.prefix}-alpha"
    assert names(corpus.client.search_registered_models(f"name = '{name}'")) == [name]
    (found,) = mlflow.search_registered_models(filter_string=f'name = "{name}"')
    assert found.tags == {"team": "red", "task": "rank"}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["name DESC"], "gamma delta beta alpha"),
        (["last_updated_timestamp"], "alpha beta gamma delta"),
        (["timestamp DESC"], "delta gamma beta alpha"),
    ],
)
def test_search_order(corpus, order, expected):
    assert corpus.search(order_by=order) == expected.split()


def test_search_pages(client, corpus):
    token, seen = None, []
    for size in (3, 1):
        page = client.search_registered_models(
            f"name LIKE '{corpus.prefix}-%'", max_results=3, page_token=token
        )
        assert len(page) == size
        seen += names(page)
        token = page.token
    assert not token
    assert seen == [f"{corpus.prefix}-{word}" for word in ("alpha", "beta", "delta", "gamma")]


@pytest.mark.parametrize(
    ("clause", "prefix"),
    [
        ("colour = 'x'", "Invalid attribute key 'colour' specified. Valid keys are '{'name'}'"),
        ("name = 'a' OR name = 'b'", "Invalid clause(s) in filter string: OR"),
        ("name > 'a'", "Invalid comparator for attribute: >"),
        ("tags.a = 1", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"),
    ],
)
def test_bad_filters(client, clause, prefix):
    with refused(INVALID, prefix=prefix):
        client.search_registered_models(clause)


def test_bad_order(client):
    with refused(INVALID, prefix="Invalid order by key 'foo' specified. Valid keys are "):
        client.search_registered_models(order_by=["foo"])


def test_fluent_search_stops_at_its_limit(corpus):
    found = mlflow.search_registered_models(
        filter_string=f"name LIKE '{corpus.prefix}-%'", max_results=2, order_by=["name DESC"]
    )
    assert names(found) == [f"{corpus.prefix}-gamma", f"{corpus.prefix}-delta"]
