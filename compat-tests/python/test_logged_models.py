import time

import mlflow
import pandas
import pytest
from support import INVALID, MISSING, names, refused, requires_mlflow, tree, unique

pytestmark = requires_mlflow("3.0")

ABSENT = "m-0123456789abcdef0123456789abcdef"


def status_of(model):
    return str(model.status).rsplit(".", 1)[-1]


@pytest.fixture
def model(client, experiment, run_id):
    """A fresh pending model of the fresh run."""
    return client.create_logged_model(
        experiment,
        name="candidate",
        source_run_id=run_id,
        tags={"k": "v"},
        params={"depth": "3"},
        model_type="tree",
    )


def metrics_of(client, model_id):
    found = client.get_logged_model(model_id).metrics or []
    return sorted((m.key, m.value, m.step, m.dataset_name, m.run_id) for m in found)


def test_create_and_get(client, experiment, run_id, model):
    found = client.get_logged_model(model.model_id)
    for each in (model, found):
        assert each.model_id.startswith("m-") and len(each.model_id) == 34
        assert each.experiment_id == experiment
        assert each.name == "candidate"
        assert each.source_run_id == run_id
        assert each.model_type == "tree"
        assert each.params == {"depth": "3"}
        assert each.tags["k"] == "v"
        assert status_of(each) == "PENDING"
        assert each.creation_timestamp == each.last_updated_timestamp
        assert each.artifact_location == (
            f"mlflow-artifacts:/{experiment}/models/{each.model_id}/artifacts"
        )


def test_a_model_without_a_name_is_given_one(client, experiment):
    model = client.create_logged_model(experiment)
    assert client.get_logged_model(model.model_id).name == model.name
    assert len(model.name.split("-")) == 3


def test_bad_names(client, experiment):
    with refused(INVALID, prefix="Invalid model name ('a/b') provided."):
        client.create_logged_model(experiment, name="a/b")


def test_get_of_an_absent_model(client):
    with refused(MISSING, f"Logged model with ID '{ABSENT}' not found."):
        client.get_logged_model(ABSENT)


@pytest.mark.parametrize("status", ["READY", "FAILED"])
def test_finalize(client, model, status):
    time.sleep(0.005)
    final = client.finalize_logged_model(model.model_id, status)
    assert status_of(final) == status
    found = client.get_logged_model(model.model_id)
    assert status_of(found) == status
    assert found.last_updated_timestamp > found.creation_timestamp


def test_tags(client, model):
    client.set_logged_model_tags(model.model_id, {"k": "w", "extra": "1"})
    tags = client.get_logged_model(model.model_id).tags
    assert (tags["k"], tags["extra"]) == ("w", "1")
    client.delete_logged_model_tag(model.model_id, "extra")
    assert "extra" not in client.get_logged_model(model.model_id).tags
    with refused(MISSING, f"No tag with key 'extra' found for model with ID '{model.model_id}'."):
        client.delete_logged_model_tag(model.model_id, "extra")


def test_params(client, model):
    client.log_model_params(model.model_id, {f"p{i}": str(i) for i in range(120)})
    params = client.get_logged_model(model.model_id).params
    assert params == {"depth": "3", **{f"p{i}": str(i) for i in range(120)}}


def test_delete(client, experiment, model):
    client.delete_logged_model(model.model_id)
    with refused(MISSING, f"Logged model with ID '{model.model_id}' not found."):
        client.get_logged_model(model.model_id)
    assert client.search_logged_models([experiment]) == []


def test_artifacts(client, model, tmp_path):
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "one.txt").write_text("one")
    (source / "sub" / "two.txt").write_text("two!")
    client.log_model_artifacts(model.model_id, str(source))
    client.log_model_artifact(model.model_id, str(source / "one.txt"), "more")

    def listing(path=None):
        found = client.list_logged_model_artifacts(model.model_id, path)
        return [(file.path, file.is_dir, file.file_size) for file in found]

    assert listing() == [("more", True, None), ("one.txt", False, 3), ("sub", True, None)]
    assert listing("sub") == [("sub/two.txt", False, 4)]
    client.finalize_logged_model(model.model_id, "READY")
    target = tmp_path / "target"
    mlflow.artifacts.download_artifacts(
        artifact_uri=f"models:/{model.model_id}", dst_path=str(target)
    )
    assert {"one.txt", "more/one.txt", "sub/two.txt"} <= set(tree(target))
    assert (target / "sub" / "two.txt").read_text() == "two!"


def test_metrics(client, run_id, model):
    for step, value in ((1, 0.5), (2, 0.25)):
        client.log_metric(run_id, "loss", value, step=step, model_id=model.model_id)
    client.log_metric(
        run_id, "acc", 0.9, model_id=model.model_id, dataset_name="iris", dataset_digest="d1"
    )
    client.log_metric(run_id, "unrelated", 1.0)
    assert metrics_of(client, model.model_id) == [
        ("acc", 0.9, 0, "iris", run_id),
        ("loss", 0.25, 2, None, run_id),
        ("loss", 0.5, 1, None, run_id),
    ]
    data = client.get_run(run_id).data
    assert data.metrics == {"loss": 0.25, "acc": 0.9, "unrelated": 1.0}


def test_fluent_metrics_with_a_dataset(client, run_id, model):
    dataset = mlflow.data.from_pandas(pandas.DataFrame({"x": [1, 2]}), name="small")
    with mlflow.start_run(run_id=run_id):
        mlflow.log_metrics(
            {"f1": 0.5, "auc": 0.75}, step=4, model_id=model.model_id, dataset=dataset
        )
    assert metrics_of(client, model.model_id) == [
        ("auc", 0.75, 4, "small", run_id),
        ("f1", 0.5, 4, "small", run_id),
    ]


def test_inputs_and_outputs(client, run_id, model):
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    client.log_inputs(run_id, models=[LoggedModelInput(model.model_id)])
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=3)])
    found = client.get_run(run_id)
    assert [each.model_id for each in found.inputs.model_inputs] == [model.model_id]
    assert [(each.model_id, each.step) for each in found.outputs.model_outputs] == [
        (model.model_id, 3)
    ]


def test_fluent_lifecycle(experiment):
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model(name="fluent", tags={"a": "1"})
        assert model.source_run_id == run.info.run_id
        mlflow.log_model_params({"p": "1"}, model_id=model.model_id)
        mlflow.set_logged_model_tags(model.model_id, {"b": "2"})
        mlflow.finalize_logged_model(model.model_id, "READY")
    found = mlflow.get_logged_model(model.model_id)
    assert status_of(found) == "READY"
    assert found.params == {"p": "1"}
    assert (found.tags["a"], found.tags["b"]) == ("1", "2")
    assert mlflow.last_logged_model().model_id == model.model_id


def test_external_model(experiment):
    model = mlflow.create_external_model(name="elsewhere", model_type="agent")
    assert status_of(model) == "READY"
    assert mlflow.get_logged_model(model.model_id).tags["mlflow.model.isExternal"] == "true"


class Corpus:
    def __init__(self, client):
        self.client = client
        self.experiment = client.create_experiment(unique("corpus"))
        self.run_id = client.create_run(self.experiment).info.run_id
        for name, kind, loss, tags in (
            ("alpha", "tree", 0.3, {"team": "red"}),
            ("beta", "linear", 0.1, {"team": "blue"}),
            ("gamma", "tree", 0.2, {}),
            ("delta", "tree", None, {}),
        ):
            model = client.create_logged_model(
                self.experiment, name, self.run_id, tags, {"kind": kind}, kind
            )
            if loss is not None:
                client.log_metric(self.run_id, "loss", loss, model_id=model.model_id)
            time.sleep(0.003)

    def search(self, filter_string=None, **options):
        return names(
            self.client.search_logged_models([self.experiment], filter_string, **options)
        )


@pytest.fixture(scope="module")
def corpus(client):
    return Corpus(client)


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (None, "delta gamma beta alpha"),
        ("name = 'beta'", "beta"),
        ("name LIKE '%eta'", "beta"),
        ("attributes.name != 'beta'", "delta gamma alpha"),
        ("name IN ('alpha', 'delta')", "delta alpha"),
        ("model_type = 'tree'", "delta gamma alpha"),
        ("params.kind = 'linear'", "beta"),
        ("tags.team = 'red'", "alpha"),
        ("tags.team != 'red'", "beta"),
        ("metrics.loss < 0.25", "gamma beta"),
        ("metrics.loss >= 0.2 AND params.kind = 'tree'", "gamma alpha"),
        ("creation_timestamp > 0", "delta gamma beta alpha"),
    ],
)
def test_search(corpus, clause, expected):
    assert corpus.search(clause) == expected.split()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([{"field_name": "name"}], "alpha beta delta gamma"),
        ([{"field_name": "name", "ascending": False}], "gamma delta beta alpha"),
        ([{"field_name": "metrics.loss"}], "beta gamma alpha delta"),
        ([{"field_name": "metrics.loss", "ascending": False}], "alpha gamma beta delta"),
        ([{"field_name": "creation_timestamp", "ascending": True}], "alpha beta gamma delta"),
    ],
)
def test_search_order(corpus, order, expected):
    assert corpus.search(order_by=order) == expected.split()


def test_search_pages(client, corpus):
    first = client.search_logged_models([corpus.experiment], max_results=3)
    assert names(first) == ["delta", "gamma", "beta"]
    rest = client.search_logged_models(
        [corpus.experiment], max_results=3, page_token=first.token
    )
    assert names(rest) == ["alpha"]
    assert not rest.token


def test_search_as_a_frame(corpus):
    frame = mlflow.search_logged_models([corpus.experiment])
    assert list(frame["name"]) == ["delta", "gamma", "beta", "alpha"]


def test_bad_search(corpus):
    with refused(INVALID, prefix="Invalid entity type: 'bar'."):
        corpus.search("bar.x = 'y'")
    with refused(INVALID, prefix="Invalid order by field name: "):
        corpus.search(order_by=[{"field_name": "zz"}])
