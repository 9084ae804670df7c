import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from support import INVALID, MISSING, refused

NAME_RULE = "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.)"


def test_params_become_text(client, experiment):
    with mlflow.start_run() as run:
        mlflow.log_param("rate", 0.001)
        mlflow.log_params({"layers": 3, "shuffle": True, "none": None, "list": [1, "a"]})
    assert client.get_run(run.info.run_id).data.params == {
        "rate": "0.001",
        "layers": "3",
        "shuffle": "True",
        "none": "None",
        "list": "[1, 'a']",
    }


@pytest.mark.parametrize("key", ["a/b/c", "a.b-c_d e", "größe", "0"])
def test_free_keys(client, run_id, key):
    client.log_param(run_id, key, "v")
    client.set_tag(run_id, key, "v")
    client.log_metric(run_id, key, 1.5)
    data = client.get_run(run_id).data
    assert data.params == {key: "v"}
    assert data.metrics == {key: 1.5}
    assert data.tags[key] == "v"


def test_values_come_back_unchanged(client, run_id):
    text = 'line\nbreak\ttab "quote" \\ back / 日本 🎉 <&>'
    client.log_param(run_id, "p", text)
    client.set_tag(run_id, "t", text)
    data = client.get_run(run_id).data
    assert data.params["p"] == text
    assert data.tags["t"] == text


def test_long_values(client, run_id):
    client.log_param(run_id, "p", "x" * 6000)
    client.set_tag(run_id, "t", "y" * 5000)
    data = client.get_run(run_id).data
    assert data.params["p"] == "x" * 6000
    assert data.tags["t"] == "y" * 5000


def test_the_same_param_value_again(client, run_id):
    client.log_param(run_id, "p", "1")
    client.log_param(run_id, "p", "1")
    assert client.get_run(run_id).data.params == {"p": "1"}


def test_another_param_value(client, run_id):
    client.log_param(run_id, "p", "1")
    with pytest.raises(MlflowException) as caught:
        client.log_param(run_id, "p", "2")
    assert caught.value.error_code == INVALID
    assert (
        "Changing param values is not allowed. Param with key='p' was already logged with "
        f"value='1' for run ID='{run_id}'. Attempted logging new value '2'."
    ) in caught.value.message
    assert client.get_run(run_id).data.params == {"p": "1"}


def test_another_param_value_in_a_batch(client, run_id):
    client.log_param(run_id, "p", "1")
    with refused(INVALID) as caught:
        client.log_batch(
            run_id,
            params=[Param("p", "9"), Param("q", "1")],
            metrics=[Metric("m", 1.0, 1, 0)],
            tags=[RunTag("t", "1")],
        )
    assert (
        "Changing param values is not allowed. Params were already logged='[{'key': 'p', "
        f"'old_value': '1', 'new_value': '9'}}]' for run ID='{run_id}'."
    ) in caught.value.message
    data = client.get_run(run_id).data
    assert data.params == {"p": "1"}
    assert data.metrics == {}
    assert "t" not in data.tags


def test_batch(client, run_id):
    client.log_batch(
        run_id,
        metrics=[Metric("m", 0.25, 1000, 1), Metric("m", 0.5, 2000, 2), Metric("n", -1, 1000, 0)],
        params=[Param(f"p{i}", str(i)) for i in range(100)],
        tags=[RunTag("a", "1"), RunTag("b", "2"), RunTag("a", "3")],
    )
    data = client.get_run(run_id).data
    assert data.metrics == {"m": 0.5, "n": -1.0}
    assert data.params == {f"p{i}": str(i) for i in range(100)}
    assert (data.tags["a"], data.tags["b"]) == ("3", "2")


def test_a_key_twice_in_one_batch(client, run_id):
    with refused(INVALID) as caught:
        client.log_batch(run_id, params=[Param("a", "1"), Param("a", "2")])
    assert "Duplicate parameter keys have been submitted: ['a']" in caught.value.message
    assert client.get_run(run_id).data.params == {}


def test_bad_keys(client, run_id):
    for write in (
        lambda: client.log_param(run_id, "a*b", "1"),
        lambda: client.log_metric(run_id, "a*b", 1),
        lambda: client.set_tag(run_id, "a*b", "1"),
    ):
        with refused(INVALID) as caught:
            write()
        assert NAME_RULE in caught.value.message
    assert client.get_run(run_id).data.params == {}


def test_tags(client, run_id):
    client.set_tag(run_id, "t", "1")
    client.set_tag(run_id, "t", "2")
    client.set_tag(run_id, "number", 3)
    client.set_tag(run_id, "mlflow.note.content", "a note")
    tags = client.get_run(run_id).data.tags
    assert (tags["t"], tags["number"], tags["mlflow.note.content"]) == ("2", "3", "a note")


def test_delete_tag(client, run_id):
    client.set_tag(run_id, "t", "1")
    client.delete_tag(run_id, "t")
    assert "t" not in client.get_run(run_id).data.tags
    with refused(MISSING, f"No tag with name: t in run with id {run_id}"):
        client.delete_tag(run_id, "t")


def test_fluent_tags(client, experiment):
    with mlflow.start_run() as run:
        mlflow.set_tag("a", 1)
        mlflow.set_tags({"b": "2", "c": "3"})
        mlflow.delete_tag("b")
    tags = client.get_run(run.info.run_id).data.tags
    assert {key: tags.get(key) for key in "abc"} == {"a": "1", "b": None, "c": "3"}
