import mlflow
import numpy
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from support import before_mlflow, requires_mlflow, unique

# Strengths whose scores differ, so that the ranks have no ties.
GRID = {"C": [0.001, 0.01, 0.1]}


class Searched:
    """One grid search under autolog, with everything the client made of it."""

    def __init__(self, client):
        self.features, labels = load_iris(return_X_y=True, as_frame=True)
        self.experiment = mlflow.set_experiment(unique("autolog")).experiment_id
        mlflow.sklearn.autolog(max_tuning_runs=2, log_input_examples=False, silent=True)
        try:
            with mlflow.start_run(run_name="search") as run:
                self.search = GridSearchCV(LogisticRegression(max_iter=500), GRID, cv=3)
                self.search.fit(self.features, labels)
        finally:
            mlflow.sklearn.autolog(disable=True)
        self.run = client.get_run(run.info.run_id)


@pytest.fixture(scope="module")
def searched(client):
    return Searched(client)


def files(client, run_id, path=None):
    return [file.path for file in client.list_artifacts(run_id, path)]


def test_params_and_metrics(searched):
    data = searched.run.data
    assert data.params["best_C"] == str(searched.search.best_params_["C"])
    assert data.params["cv"] == "3"
    assert data.params["param_grid"] == str(GRID)
    assert data.metrics["best_cv_score"] == searched.search.best_score_
    score = searched.search.best_estimator_.score(searched.features, load_iris().target)
    assert data.metrics["training_score"] == score
    assert data.metrics["training_accuracy_score"] == score
    assert data.tags["estimator_name"] == "GridSearchCV"
    assert searched.run.info.status == "FINISHED"


def test_child_runs(client, searched):
    children = client.search_runs(
        [searched.experiment],
        f"tags.mlflow.parentRunId = '{searched.run.info.run_id}'",
        order_by=["metrics.rank_test_score ASC"],
    )
    results = searched.search.cv_results_
    best = numpy.argsort(results["rank_test_score"], kind="stable")[:2]
    assert [run.data.params["C"] for run in children] == [str(GRID["C"][i]) for i in best]
    for run, i in zip(children, best):
        assert run.data.metrics["mean_test_score"] == results["mean_test_score"][i]
        assert run.data.metrics["std_test_score"] == results["std_test_score"][i]
        assert run.info.status == "FINISHED"


def test_dataset(searched):
    (found,) = searched.run.inputs.dataset_inputs
    assert {tag.key: tag.value for tag in found.tags} == {"mlflow.data.context": "train"}
    assert "num_rows" in found.dataset.profile or "features_shape" in found.dataset.profile


def test_artifacts(client, searched):
    found = files(client, searched.run.info.run_id)
    assert {"cv_results.csv", "training_confusion_matrix.png"} <= set(found)
    local = client.download_artifacts(searched.run.info.run_id, "cv_results.csv")
    with open(local, encoding="utf-8") as file:
        assert len(file.read().strip().splitlines()) == 1 + len(GRID["C"])


@before_mlflow("3.0")
def test_models_in_the_run(client, searched):
    run_id = searched.run.info.run_id
    assert "model/MLmodel" in files(client, run_id, "model")
    assert "best_estimator/MLmodel" in files(client, run_id, "best_estimator")


@requires_mlflow("3.0")
def test_logged_models(client, searched):
    models = client.search_logged_models([searched.experiment])
    assert sorted(model.name for model in models) == ["best_estimator", "model"]
    for model in models:
        assert model.source_run_id == searched.run.info.run_id
        assert str(model.status).endswith("READY")


@pytest.mark.parametrize("name", ["model", "best_estimator"])
def test_predictions(searched, name):
    loaded = mlflow.sklearn.load_model(f"runs:/{searched.run.info.run_id}/{name}")
    expected = searched.search.predict(searched.features)
    assert numpy.array_equal(loaded.predict(searched.features), expected)
