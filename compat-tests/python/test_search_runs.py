import math

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag, ViewType
from support import INVALID, refused, run_names, unique

# name, status, start time, metrics, params, tags
ROWS = [
    ("ada", "FINISHED", 1000, {"acc": 0.9, "loss": 0.1}, {"lr": "0.1", "opt": "adam"}, {"t": "x"}),
    ("bob", "FINISHED", 2000, {"acc": 0.8, "loss": 0.3}, {"lr": "0.01", "opt": "sgd"}, {"t": "Y"}),
    ("cyd", "FAILED", 3000, {"acc": 0.7}, {"lr": "0.1", "opt": "Adam"}, {}),
    ("dan", "RUNNING", 4000, {"acc": math.nan}, {"lr": "1"}, {"t": "y", "a.b-c": "dotted"}),
    ("eve", "KILLED", 5000, {}, {}, {"t": "z"}),
]


class Corpus:
    def __init__(self, client):
        self.client = client
        self.experiment = client.create_experiment(unique("corpus"))
        self.ids = {}
        for name, status, start, metrics, params, tags in ROWS:
            run = client.create_run(self.experiment, start_time=start, run_name=name)
            self.ids[name] = run.info.run_id
            client.log_batch(
                run.info.run_id,
                [Metric(key, value, start, 1) for key, value in metrics.items()],
                [Param(key, value) for key, value in params.items()],
                [RunTag(key, value) for key, value in tags.items()],
            )
            if status != "RUNNING":
                client.set_terminated(run.info.run_id, status, end_time=start + 500)
        gone = client.create_run(self.experiment, start_time=6000, run_name="gone")
        client.delete_run(gone.info.run_id)

    def search(self, filter_string="", **options):
        options.setdefault("order_by", ["start_time ASC"])
        return run_names(self.client.search_runs([self.experiment], filter_string, **options))


@pytest.fixture(scope="module")
def corpus(client):
    return Corpus(client)


FILTERS = [
    ("", "ada bob cyd dan eve"),
    ("metrics.acc > 0.7", "ada bob"),
    ("metrics.acc >= 0.7", "ada bob cyd"),
    ("metrics.acc < 0.8", "cyd"),
    ("metrics.acc = 0.9", "ada"),
    ("metrics.acc != 0.9", "bob cyd dan"),
    ("metric.loss <= 1e-1", "ada"),
    ("metrics.`loss` > -1", "ada bob"),
    ("params.lr = '0.1'", "ada cyd"),
    ("params.lr != '0.1'", "bob dan"),
    ('param.opt = "adam"', "ada"),
    ("params.opt LIKE 'a%'", "ada"),
    ("params.opt ILIKE 'a%'", "ada cyd"),
    ("parameters.opt LIKE '_dam'", "ada cyd"),
    ("tags.t = 'y'", "dan"),
    ("tags.t ILIKE 'y'", "bob dan"),
    ("tags.`a.b-c` = 'dotted'", "dan"),
    ("tag.t != 'x'", "bob dan eve"),
    ("tags.mlflow.runName = 'eve'", "eve"),
    ("attributes.status = 'FINISHED'", "ada bob"),
    ("status != 'FINISHED'", "cyd dan eve"),
    ("attribute.run_name LIKE '%d%'", "ada cyd dan"),
    ("attributes.`run name` = 'bob'", "bob"),
    ("attributes.start_time > 2000", "cyd dan eve"),
    ("start_time >= 2000 and start_time < 4000", "bob cyd"),
    ("attributes.end_time > 2500", "cyd eve"),
    ("metrics.acc > 0.5 AND params.lr = '0.1' AND tags.t = 'x'", "ada"),
    ("metrics.acc > 0.5 AND status = 'RUNNING'", ""),
    ("params.nothing = 'x'", ""),
]


@pytest.mark.parametrize(("clause", "expected"), FILTERS, ids=[row[0] for row in FILTERS])
def test_filters(corpus, clause, expected):
    assert corpus.search(clause) == expected.split()


def test_run_id_filters(corpus):
    ids = corpus.ids
    assert corpus.search(f"attributes.run_id = '{ids['bob']}'") == ["bob"]
    assert corpus.search(f"run_id IN ('{ids['bob']}', '{ids['eve']}')") == ["bob", "eve"]
    assert corpus.search(f"run_id NOT IN ('{ids['bob']}')") == ["ada", "cyd", "dan", "eve"]


def test_params_and_tags_that_are_absent(corpus):
    assert corpus.search("params.opt IS NULL") == ["dan", "eve"]
    assert corpus.search("tags.t IS NOT NULL AND params.lr IS NOT NULL") == ["ada", "bob", "dan"]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (ViewType.ACTIVE_ONLY, ["ada", "bob", "cyd", "dan", "eve"]),
        (ViewType.DELETED_ONLY, ["gone"]),
        (ViewType.ALL, ["ada", "bob", "cyd", "dan", "eve", "gone"]),
    ],
)
def test_view_types(corpus, view, expected):
    assert corpus.search(run_view_type=view) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([], "eve dan cyd bob ada"),
        (["metrics.acc ASC"], "cyd bob ada dan eve"),
        (["metrics.acc DESC"], "ada bob cyd dan eve"),
        (["metrics.loss DESC", "start_time ASC"], "bob ada cyd dan eve"),
        (["params.lr ASC", "attributes.start_time DESC"], "bob cyd ada dan eve"),
        (["params.lr DESC", "start_time"], "dan ada cyd bob eve"),
        (["tags.mlflow.runName DESC"], "eve dan cyd bob ada"),
        (["attributes.end_time DESC"], "eve cyd bob ada dan"),
        (["end_time"], "ada bob cyd eve dan"),
        (["attributes.run_name desc"], "eve dan cyd bob ada"),
        (["status ASC", "start_time DESC"], "cyd bob ada eve dan"),
    ],
)
def test_order(corpus, order, expected):
    assert corpus.search(order_by=order) == expected.split()


def test_pages(corpus):
    token, seen = None, []
    for size in (2, 2, 1):
        page = corpus.client.search_runs(
            [corpus.experiment], "", max_results=2, order_by=["run_name"], page_token=token
        )
        assert len(page) == size
        seen += run_names(page)
        token = page.token
    assert not token
    assert seen == ["ada", "bob", "cyd", "dan", "eve"]


def test_a_full_last_page_has_no_token(corpus):
    page = corpus.client.search_runs([corpus.experiment], max_results=5)
    assert len(page) == 5
    assert not page.token


def test_rows_are_complete(corpus):
    (run,) = corpus.client.search_runs([corpus.experiment], "attributes.run_name = 'ada'")
    assert run.data.metrics == {"acc": 0.9, "loss": 0.1}
    assert run.data.params == {"lr": "0.1", "opt": "adam"}
    assert run.data.tags == {"t": "x", "mlflow.runName": "ada"}
    assert (run.info.status, run.info.start_time, run.info.end_time) == ("FINISHED", 1000, 1500)
    assert run.info.experiment_id == corpus.experiment


def test_pandas(corpus):
    frame = mlflow.search_runs([corpus.experiment], order_by=["start_time ASC"])
    assert list(frame["tags.mlflow.runName"]) == ["ada", "bob", "cyd", "dan", "eve"]
    assert list(frame["run_id"]) == list(corpus.ids.values())
    assert list(frame["metrics.loss"])[:2] == [0.1, 0.3]
    assert frame["metrics.loss"].isna().tolist() == [False, False, True, True, True]
    assert list(frame["status"]) == [row[1] for row in ROWS]
    assert frame.loc[0, "params.opt"] == "adam"
    assert frame["start_time"].dt.tz is not None
    assert frame["start_time"].astype("int64").is_monotonic_increasing


def test_pandas_of_nothing(client):
    frame = mlflow.search_runs([client.create_experiment(unique("empty"))])
    assert len(frame) == 0


def test_as_a_list_by_experiment_name(corpus):
    name = corpus.client.get_experiment(corpus.experiment).name
    runs = mlflow.search_runs(
        experiment_names=[name], filter_string="metrics.acc > 0.8", output_format="list"
    )
    assert run_names(runs) == ["ada"]


def test_several_experiments(client, corpus):
    other = client.create_experiment(unique("other"))
    client.create_run(other, start_time=1500, run_name="fay")
    found = client.search_runs([corpus.experiment, other, "987654321"], order_by=["start_time"])
    assert run_names(found) == ["ada", "fay", "bob", "cyd", "dan", "eve"]


@pytest.mark.parametrize(
    ("clause", "prefix"),
    [
        ("foo.bar = 'x'", "Invalid entity type 'foo'. Valid values are "),
        ("attributes.colour = 'x'", "Invalid attribute key 'colour' specified. Valid keys are "),
        ("metrics.acc > 'x'", "Expected numeric value type for metric. Found 'x'"),
        ("params.lr = 0.1", "Expected a quoted string value for parameter (e.g. 'my-value')."),
        ("metrics.acc > 1 OR metrics.acc < 0", "Invalid clause(s) in filter string: 'OR'"),
        ("metrics.a/b > 1", "Invalid comparison clause. Expected 'Identifier' found 'metrics.a/b'"),
    ],
)
def test_bad_filters(corpus, clause, prefix):
    with refused(INVALID, prefix=prefix):
        corpus.search(clause)


def test_bad_requests(corpus):
    with refused(INVALID, prefix="Invalid ordering key in order_by clause 'metrics.acc BAD'."):
        corpus.search(order_by=["metrics.acc BAD"])
    with refused(INVALID, prefix="Invalid value 50001 for parameter 'max_results' supplied"):
        corpus.search(max_results=50001)
    with refused(INVALID):
        corpus.search(page_token="not a token")
