import time

import mlflow
import pytest
from mlflow.entities import ViewType
from support import INVALID, names, refused, unique


class Corpus:
    """Four experiments that share a prefix; `delta` is deleted."""

    def __init__(self, client):
        self.prefix = unique("corpus")
        self.ids = {}
        for word, tags in (
            ("alpha", {"team": "red", "size": "small"}),
            ("beta", {"team": "blue"}),
            ("Gamma", {"team": "Red"}),
            ("delta", {"team": "red"}),
        ):
            self.ids[word] = client.create_experiment(f"{self.prefix}-{word}", tags=tags)
            time.sleep(0.003)
        client.delete_experiment(self.ids["delta"])
        self.client = client

    def search(self, clause=None, **options):
        mine = f"name LIKE '{self.prefix}-%'"
        found = self.client.search_experiments(
            filter_string=f"{mine} AND {clause}" if clause else mine, **options
        )
        return [name.removeprefix(f"{self.prefix}-") for name in names(found)]


@pytest.fixture(scope="module")
def corpus(client):
    return Corpus(client)


def test_newest_first_by_default(corpus):
    assert corpus.search() == ["Gamma", "beta", "alpha"]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (ViewType.ACTIVE_ONLY, ["Gamma", "beta", "alpha"]),
        (ViewType.DELETED_ONLY, ["delta"]),
        (ViewType.ALL, ["delta", "Gamma", "beta", "alpha"]),
    ],
)
def test_view_types(corpus, view, expected):
    assert corpus.search(view_type=view) == expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("name LIKE '%-alpha'", ["alpha"]),
        ("name LIKE '%-gamma'", []),
        ("name ILIKE '%-gamma'", ["Gamma"]),
        ("name LIKE '%-_eta'", ["beta"]),
        ("name != 'x'", ["Gamma", "beta", "alpha"]),
        ("tags.team = 'red'", ["alpha"]),
        ("tags.team != 'red'", ["Gamma", "beta"]),
        ("tags.team ILIKE 'RED'", ["Gamma", "alpha"]),
        ("tags.team LIKE '%e%'", ["Gamma", "beta", "alpha"]),
        ("tag.size = 'small'", ["alpha"]),
        ("tags.size != 'large'", ["alpha"]),
        ("tags.team = 'red' AND tags.size = 'small'", ["alpha"]),
        ("tags.team = 'blue' and tags.size = 'small'", []),
        ("attribute.creation_time > 0", ["Gamma", "beta", "alpha"]),
        ("last_update_time < 10", []),
    ],
)
def test_filters(corpus, clause, expected):
    assert corpus.search(clause) == expected


def test_name_equality(corpus):
    name = f"{corpus.prefix}-beta"
    assert names(corpus.client.search_experiments(filter_string=f"name = '{name}'")) == [name]
    assert names(corpus.client.search_experiments(filter_string=f'attribute.name = "{name}"')) == [
        name
    ]


def test_creation_time_bounds(corpus):
    created = corpus.client.get_experiment(corpus.ids["beta"]).creation_time
    assert corpus.search(f"creation_time >= {created}") == ["Gamma", "beta"]
    assert corpus.search(f"creation_time < {created}") == ["alpha"]
    assert corpus.search(f"creation_time = {created}") == ["beta"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["name"], ["Gamma", "alpha", "beta"]),
        (["name DESC"], ["beta", "alpha", "Gamma"]),
        (["creation_time ASC"], ["alpha", "beta", "Gamma"]),
        (["last_update_time DESC"], ["Gamma", "beta", "alpha"]),
        (["experiment_id ASC"], ["alpha", "beta", "Gamma"]),
        (["attribute.experiment_id desc"], ["Gamma", "beta", "alpha"]),
    ],
)
def test_order(corpus, order, expected):
    if order[0].startswith("name"):
        # How capital letters sort is the database's own affair.
        found = corpus.search(order_by=order)
        assert found in (expected, sorted(expected, key=str.lower, reverse="DESC" in order[0]))
    else:
        assert corpus.search(order_by=order) == expected


def test_pages(client, corpus):
    mine = f"name LIKE '{corpus.prefix}-%'"
    first = client.search_experiments(filter_string=mine, max_results=2)
    assert [name[-4:] for name in names(first)] == ["amma", "beta"]
    assert first.token
    second = client.search_experiments(filter_string=mine, max_results=2, page_token=first.token)
    assert [name[-5:] for name in names(second)] == ["alpha"]
    assert not second.token


def test_fluent_search_reads_all_pages(corpus):
    found = mlflow.search_experiments(filter_string=f"name LIKE '{corpus.prefix}-%'")
    assert {e.experiment_id for e in found} == {
        corpus.ids[word] for word in ("alpha", "beta", "Gamma")
    }
    assert found[-1].tags == {"team": "red", "size": "small"}


@pytest.mark.parametrize(
    ("clause", "prefix"),
    [
        ("colour = 'red'", "Invalid attribute key 'colour' specified. Valid keys are "),
        ("metrics.m > 1", "Invalid entity type 'metrics'. Valid entity types are "),
        ("name = 'a' OR name = 'b'", "Invalid clause(s) in filter string: OR"),
    ],
)
def test_bad_filters(client, clause, prefix):
    with refused(INVALID, prefix=prefix):
        client.search_experiments(filter_string=clause)


def test_bad_order(client):
    with refused(INVALID, prefix="Invalid attribute key 'foo' specified. Valid keys are "):
        client.search_experiments(order_by=["foo DESC"])


@pytest.mark.parametrize(
    ("size", "rule"), [(0, "It must be a positive integer"), (50001, "It must be at most 50000")]
)
def test_page_size_bounds(client, size, rule):
    prefix = f"Invalid value {size} for parameter 'max_results' supplied"
    with refused(INVALID, prefix=prefix) as caught:
        client.search_experiments(max_results=size)
    assert rule in str(caught.value)
