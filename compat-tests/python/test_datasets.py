import json

import mlflow
import numpy
import pandas
import pytest
from support import run_names

FRAME = pandas.DataFrame({"x": [1.0, 2.0, 3.0], "y": [0, 1, 0]})


def inputs_of(client, run_id):
    return client.get_run(run_id).inputs.dataset_inputs


def context_of(dataset_input):
    return {tag.key: tag.value for tag in dataset_input.tags}


def test_a_frame(client, experiment):
    dataset = mlflow.data.from_pandas(FRAME, source="http://data.test/x.csv", name="measured")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training")
    (found,) = inputs_of(client, run.info.run_id)
    assert context_of(found) == {"mlflow.data.context": "training"}
    assert found.dataset.name == "measured"
    assert found.dataset.digest == dataset.digest
    assert found.dataset.source_type == "http"
    assert json.loads(found.dataset.source) == {"url": "http://data.test/x.csv"}
    assert json.loads(found.dataset.profile) == {"num_rows": 3, "num_elements": 6}
    columns = json.loads(found.dataset.schema)["mlflow_colspec"]
    assert [column["name"] for column in columns] == ["x", "y"]


def test_an_array_without_context(client, experiment):
    dataset = mlflow.data.from_numpy(numpy.arange(12).reshape(3, 4), name="grid")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset)
    (found,) = inputs_of(client, run.info.run_id)
    assert found.dataset.name == "grid"
    assert context_of(found) == {}


def test_several_datasets(client, experiment):
    with mlflow.start_run() as run:
        for name, context in (("left", "train"), ("right", "eval")):
            mlflow.log_input(mlflow.data.from_pandas(FRAME * 2, name=name), context=context)
    found = {one.dataset.name: context_of(one) for one in inputs_of(client, run.info.run_id)}
    assert found == {
        "left": {"mlflow.data.context": "train"},
        "right": {"mlflow.data.context": "eval"},
    }


def test_one_dataset_in_two_runs(client, experiment):
    dataset = mlflow.data.from_pandas(FRAME, name="shared")
    ids = []
    for context in ("train", "test"):
        with mlflow.start_run() as run:
            mlflow.log_input(dataset, context=context)
        ids.append(run.info.run_id)
    for run_id, context in zip(ids, ("train", "test")):
        (found,) = inputs_of(client, run_id)
        assert found.dataset.digest == dataset.digest
        assert context_of(found) == {"mlflow.data.context": context}


def test_the_same_dataset_twice_in_a_run(client, experiment):
    dataset = mlflow.data.from_pandas(FRAME, name="again")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="first")
        mlflow.log_input(dataset, context="second")
    (found,) = inputs_of(client, run.info.run_id)
    assert context_of(found) == {"mlflow.data.context": "first"}


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("dataset.name = 'one'", ["first"]),
        ("datasets.name != 'one'", ["second"]),
        ("dataset.name LIKE '%o%'", ["second", "first"]),
        ("dataset.context = 'eval'", ["second"]),
        ("dataset.name IN ('one', 'three')", ["first"]),
        ("dataset.digest = '{digest}'", ["second", "first"]),
    ],
)
def test_search_runs_by_dataset(client, experiment, clause, expected):
    digest = None
    for start, (name, context) in enumerate((("one", "train"), ("two", "eval")), start=1):
        dataset = mlflow.data.from_pandas(FRAME, name=name)
        digest = dataset.digest
        run = client.create_run(
            experiment, start_time=start, run_name={"one": "first", "two": "second"}[name]
        )
        with mlflow.start_run(run_id=run.info.run_id):
            mlflow.log_input(dataset, context=context)
    found = client.search_runs([experiment], clause.format(digest=digest))
    assert run_names(found) == expected


def test_searched_runs_carry_their_inputs(client, experiment):
    with mlflow.start_run():
        mlflow.log_input(mlflow.data.from_pandas(FRAME, name="seen"), context="train")
    (run,) = client.search_runs([experiment])
    (found,) = run.inputs.dataset_inputs
    assert found.dataset.name == "seen"
    assert context_of(found) == {"mlflow.data.context": "train"}
