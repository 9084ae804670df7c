from types import SimpleNamespace

import mlflow
import pandas
import pytest
from support import MISSING, refused, requires_mlflow, unique

pytestmark = requires_mlflow("3.11")


@pytest.fixture
def datasets():
    from mlflow.genai import datasets

    return datasets


@pytest.fixture
def dataset(datasets, experiment):
    """A fresh dataset of the fresh experiment."""
    return datasets.create_dataset(
        name=unique("dataset"), experiment_id=experiment, tags={"team": "otters", "stage": "dev"}
    )


def records(dataset):
    return [SimpleNamespace(**row) for row in dataset.to_df().to_dict("records")]


def found(datasets, experiment, **wish):
    return [each.name for each in datasets.search_datasets(experiment_ids=experiment, **wish)]


def test_create_and_get(datasets, dataset, experiment):
    assert dataset.dataset_id.startswith("d-")
    again = datasets.get_dataset(dataset_id=dataset.dataset_id)
    for each in (dataset, again):
        assert each.name == dataset.name
        assert each.tags["team"] == "otters"
        assert each.experiment_ids == [experiment]
        assert each.schema is None
        assert each.profile is None
        assert each.created_time == each.last_update_time
        assert len(each.digest) == 8
        assert each.created_by == each.last_updated_by
    assert again.digest == dataset.digest
    assert len(records(again)) == 0


def test_delete(datasets, dataset, experiment):
    dataset.merge_records([{"inputs": {"q": 1}}])
    datasets.delete_dataset(dataset_id=dataset.dataset_id)
    with refused(MISSING, f"Evaluation dataset with id '{dataset.dataset_id}' not found"):
        datasets.get_dataset(dataset_id=dataset.dataset_id)
    assert found(datasets, experiment) == []


def test_merge_records(datasets, dataset):
    first = {
        "inputs": {"question": "What is é?", "options": [1, 2.5, None]},
        "outputs": {"answer": "a letter"},
        "expectations": {"expected": "a letter", "score": 1.0},
        "tags": {"source": "book"},
    }
    dataset.merge_records([first, {"inputs": {"question": "2 + 2"}, "expectations": {"sum": 4}}])
    again = {"inputs": first["inputs"], "outputs": "E", "expectations": {"score": 0.5}}
    dataset.merge_records([again])
    shown = datasets.get_dataset(dataset_id=dataset.dataset_id)
    by_question = {each.inputs["question"]: each for each in records(shown)}
    assert len(by_question) == 2
    one, other = by_question["What is é?"], by_question["2 + 2"]
    assert one.dataset_record_id.startswith("dr-")
    assert one.inputs == first["inputs"]
    assert one.outputs == "E"
    assert one.expectations == {"expected": "a letter", "score": 0.5}
    assert one.tags["source"] == "book"
    assert one.source.source_type == "HUMAN"
    assert other.outputs == {}
    assert other.expectations == {"sum": 4}
    assert shown.schema == (
        '{"inputs": {"question": "string", "options": "array"}, '
        '"outputs": {"answer": "string"}, '
        '"expectations": {"expected": "string", "score": "float", "sum": "integer"}, '
        '"version": "1.0"}'
    )
    assert shown.profile == '{"num_records": 2}'
    assert shown.digest != dataset.digest


def test_merge_a_frame(datasets, dataset):
    frame = pandas.DataFrame(
        [{"inputs": {"q": n}, "expectations": {"n": float("nan") if n == 1 else n}} for n in range(3)]
    )
    dataset.merge_records(frame)
    shown = datasets.get_dataset(dataset_id=dataset.dataset_id).to_df()
    assert sorted(each["q"] for each in shown["inputs"]) == [0, 1, 2]
    assert sum(each["n"] != each["n"] for each in shown["expectations"]) == 1


def test_many_records_come_in_pages(datasets, dataset):
    dataset.merge_records([{"inputs": {"n": n}} for n in range(2_300)])
    shown = datasets.get_dataset(dataset_id=dataset.dataset_id)
    assert sorted(each.inputs["n"] for each in records(shown)) == list(range(2_300))


def test_delete_records(datasets, dataset):
    dataset.merge_records([{"inputs": {"n": n}} for n in range(3)])
    ids = [each.dataset_record_id for each in records(dataset)]
    assert dataset.delete_records([ids[0], "dr-none"]) == 1
    assert {each.dataset_record_id for each in records(dataset)} == set(ids[1:])
    assert dataset.delete_records(ids) == 2
    assert datasets.get_dataset(dataset_id=dataset.dataset_id).profile == "null"


def test_merge_traces(datasets, dataset, experiment):
    mlflow.tracing.enable()
    try:
        with mlflow.start_span("root") as span:
            span.set_inputs({"q": "otters"})
            span.set_outputs({"a": "swim"})
        mlflow.flush_trace_async_logging()
        trace = mlflow.get_trace(span.trace_id)
    finally:
        mlflow.tracing.disable()
    dataset.merge_records([trace])
    (record,) = records(datasets.get_dataset(dataset_id=dataset.dataset_id))
    assert record.inputs == {"q": "otters"}
    assert record.source.source_type == "TRACE"
    assert record.source_id == trace.info.trace_id


def test_tags(datasets, dataset):
    datasets.set_dataset_tags(dataset_id=dataset.dataset_id, tags={"stage": "prod", "n": 1})
    datasets.delete_dataset_tag(dataset_id=dataset.dataset_id, key="team")
    tags = datasets.get_dataset(dataset_id=dataset.dataset_id).tags
    assert (tags["stage"], tags["n"], "team" in tags) == ("prod", "1", False)
    with refused(MISSING, "Could not find evaluation dataset with ID d-none"):
        datasets.set_dataset_tags(dataset_id="d-none", tags={"a": "b"})


def test_experiments(datasets, dataset, experiment, client):
    other = client.create_experiment(unique("experiment"))
    datasets.add_dataset_to_experiments(dataset_id=dataset.dataset_id, experiment_ids=[other])
    shown = datasets.get_dataset(dataset_id=dataset.dataset_id)
    assert sorted(shown.experiment_ids) == sorted([experiment, other])
    assert found(datasets, other) == [dataset.name]
    datasets.remove_dataset_from_experiments(
        dataset_id=dataset.dataset_id, experiment_ids=[experiment]
    )
    assert found(datasets, experiment) == []
    with refused(MISSING, "No Experiment with id=999999"):
        datasets.add_dataset_to_experiments(
            dataset_id=dataset.dataset_id, experiment_ids=["999999"]
        )


def test_search(datasets, experiment):
    prefix = unique("search")
    for name, team in (("a", "red"), ("b", "blue"), ("c", "red")):
        datasets.create_dataset(
            name=f"{prefix}-{name}", experiment_id=experiment, tags={"team": team}
        )
    names = [f"{prefix}-{letter}" for letter in "abc"]

    def search(**wish):
        return found(datasets, experiment, **wish)

    assert sorted(search()) == names
    assert search(order_by=["name"]) == names
    assert search(order_by=["name DESC"], max_results=2) == names[:0:-1]
    assert search(filter_string=f"name = '{prefix}-a'") == names[:1]
    assert search(filter_string="tags.team = 'red'", order_by=["name"]) == [names[0], names[2]]
    assert search(filter_string=f"name LIKE '{prefix}%' AND tags.team != 'red'") == [names[1]]
    assert search(filter_string="created_time > 0", order_by=["created_time ASC"]) == names
    with refused("INVALID_PARAMETER_VALUE", prefix="Invalid attribute key 'foo' specified."):
        search(filter_string="foo = 'x'")
