"""A call whose answer is lost is repeated by the client: afterwards all is as after one call."""

import pytest
from lossy_proxy import lossy_proxy
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from support import URL, names, requires_mlflow, unique


@pytest.fixture
def proxy():
    with lossy_proxy(URL) as lossy:
        yield lossy


@pytest.fixture
def unlucky(proxy):
    """A client that never hears the first answer to a change."""
    return MlflowClient(tracking_uri=proxy.url)


def history(client, run_id, key):
    points = client.get_metric_history(run_id, key)
    return [(point.value, point.timestamp, point.step) for point in points]


def test_log_batch(client, unlucky, proxy, run_id):
    metrics = [Metric("loss", 1 / step, 1000 + step, step) for step in range(1, 200)]
    metrics += [Metric("loss", float("nan"), 2000, 200), Metric("acc", 0.5, 1, 0)]
    unlucky.log_batch(run_id, metrics, [Param("lr", "0.1")], [RunTag("team", "red")])
    assert proxy.calls_of("/runs/log-batch") == 2
    assert len(history(client, run_id, "loss")) == 200
    assert history(client, run_id, "acc") == [(0.5, 1, 0)]
    data = client.get_run(run_id).data
    assert data.params == {"lr": "0.1"}
    assert data.tags["team"] == "red"


def test_log_metric(client, unlucky, proxy, run_id):
    unlucky.log_metric(run_id, "loss", 0.5, timestamp=7, step=3)
    assert proxy.calls_of("/runs/log-metric") == 2
    assert history(client, run_id, "loss") == [(0.5, 7, 3)]
    assert client.get_run(run_id).data.metrics == {"loss": 0.5}


def test_log_param_and_set_tag(client, unlucky, proxy, run_id):
    unlucky.log_param(run_id, "depth", 3)
    unlucky.set_tag(run_id, "team", "red")
    assert proxy.calls_of("/runs/log-parameter") == proxy.calls_of("/runs/set-tag") == 2
    data = client.get_run(run_id).data
    assert data.params == {"depth": "3"}
    assert data.tags["team"] == "red"


def test_set_terminated(client, unlucky, proxy, run_id):
    unlucky.set_terminated(run_id, "FAILED", end_time=123456)
    assert proxy.calls_of("/runs/update") == 2
    info = client.get_run(run_id).info
    assert (info.status, info.end_time) == ("FAILED", 123456)


def test_deleting_and_restoring_a_run(client, unlucky, proxy, run_id):
    unlucky.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    unlucky.restore_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"
    assert proxy.calls_of("/runs/delete") == proxy.calls_of("/runs/restore") == 2


@pytest.fixture
def model(client):
    """A model with three versions, the first of them in Production."""
    name = unique("model")
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, source="s3://bucket/model")
    client.transition_model_version_stage(name, "1", "Production")
    return name


def test_transition(client, unlucky, proxy, model):
    unlucky.transition_model_version_stage(
        model, "2", "Production", archive_existing_versions=True
    )
    assert proxy.calls_of("/model-versions/transition-stage") == 2
    versions = client.search_model_versions(f"name='{model}'")
    stages = {version.version: version.current_stage for version in versions}
    assert {int(k): v for k, v in stages.items()} == {1: "Archived", 2: "Production", 3: "None"}


@requires_mlflow("2.3")
def test_aliases(client, unlucky, proxy, model):
    unlucky.set_registered_model_alias(model, "champion", "2")
    assert client.get_model_version_by_alias(model, "champion").version in ("2", 2)
    assert proxy.calls_of("/registered-models/alias") == 2
    assert list(client.get_registered_model(model).aliases) == ["champion"]


def test_tags_of_models_and_versions(client, unlucky, proxy, model):
    unlucky.set_registered_model_tag(model, "team", "red")
    unlucky.set_model_version_tag(model, "1", "checked", "yes")
    unlucky.delete_model_version_tag(model, "1", "checked")
    assert proxy.calls_of("/registered-models/set-tag") == 2
    assert proxy.calls_of("/model-versions/set-tag") == 2
    assert proxy.calls_of("/model-versions/delete-tag") == 2
    assert client.get_registered_model(model).tags == {"team": "red"}
    assert client.get_model_version(model, "1").tags == {}


def test_creating_a_run_makes_another(client, unlucky, proxy, experiment):
    """Nothing in the client's call tells its repetition from a second run, here as anywhere."""
    name = unique("run")
    made = unlucky.create_run(experiment, run_name=name)
    assert proxy.calls_of("/runs/create") == 2
    found = client.search_runs([experiment], f"attributes.run_name = '{name}'")
    assert len(found) == 2
    assert made.info.run_id in [run.info.run_id for run in found]


def test_names_stay_unique(client, unlucky, proxy):
    """Creating what has a name is refused the second time: the work is done all the same."""
    name = unique("model")
    with pytest.raises(Exception, match="already exists"):
        unlucky.create_registered_model(name)
    assert names(client.search_registered_models(f"name='{name}'")) == [name]
    with pytest.raises(Exception, match="already exists"):
        unlucky.create_experiment(name)
    assert client.get_experiment_by_name(name) is not None
