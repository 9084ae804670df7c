import math
import time

import mlflow
import pytest
from mlflow.entities import Metric
from support import INVALID, MISSING, refused, requires_mlflow

ABSENT = "0123456789abcdef0123456789abcdef"
LARGEST = 1.7976931348623157e308


def points(history):
    return [(metric.timestamp, metric.step, metric.value) for metric in history]


def latest(client, run_id):
    return client.get_run(run_id).data.metrics


def test_one_value(client, run_id):
    before = int(time.time() * 1000)
    client.log_metric(run_id, "loss", 0.1)
    after = int(time.time() * 1000)
    (metric,) = client.get_metric_history(run_id, "loss")
    assert (metric.key, metric.value, metric.step) == ("loss", 0.1, 0)
    assert before <= metric.timestamp <= after
    assert latest(client, run_id) == {"loss": 0.1}


def test_fluent_steps(client, experiment):
    with mlflow.start_run() as run:
        for step in range(5):
            mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
        mlflow.log_metrics({"a": 1, "b": 2.5}, step=7)
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [(m.step, m.value) for m in history] == [(i, 1.0 / (i + 1)) for i in range(5)]
    assert [m.step for m in client.get_metric_history(run.info.run_id, "a")] == [7]
    assert latest(client, run.info.run_id) == {"loss": 0.2, "a": 1.0, "b": 2.5}


def test_history_is_ordered_by_time_step_value(client, run_id):
    logged = [(3000, 1, 1.0), (1000, 9, 2.0), (2000, 5, 4.0), (2000, 5, 3.0), (2000, 4, 9.0)]
    for timestamp, step, value in logged:
        client.log_metric(run_id, "m", value, timestamp=timestamp, step=step)
    assert points(client.get_metric_history(run_id, "m")) == sorted(logged)


@pytest.mark.parametrize(
    ("logged", "expected"),
    [
        ([(1000, 2, 5.0), (2000, 1, 6.0)], 5.0),
        ([(2000, 1, 5.0), (1000, 1, 6.0)], 5.0),
        ([(1000, 1, 6.0), (1000, 1, 5.0)], 6.0),
        ([(1000, -5, 6.0), (1000, -6, 7.0)], 6.0),
        ([(1000, 0, -1.0), (1000, 0, math.nan)], 0.0),
    ],
    ids=["greatest step", "then latest time", "then greatest value", "negative", "nan is zero"],
)
def test_the_latest_value(client, run_id, logged, expected):
    for timestamp, step, value in logged:
        client.log_metric(run_id, "m", value, timestamp=timestamp, step=step)
    found = latest(client, run_id)["m"]
    assert math.isnan(found) if math.isnan(logged[-1][2]) else found == expected


def test_nan(client, run_id):
    client.log_metric(run_id, "m", math.nan, timestamp=1000, step=1)
    (metric,) = client.get_metric_history(run_id, "m")
    assert math.isnan(metric.value)
    assert (metric.timestamp, metric.step) == (1000, 1)
    assert math.isnan(latest(client, run_id)["m"])


def test_infinity(client, run_id):
    client.log_metric(run_id, "up", math.inf)
    client.log_metric(run_id, "down", -math.inf)
    assert latest(client, run_id) == {"up": LARGEST, "down": -LARGEST}
    assert client.get_metric_history(run_id, "up")[0].value == LARGEST
    assert client.get_metric_history(run_id, "down")[0].value == -LARGEST


def test_odd_values_in_a_batch(client, run_id):
    client.log_batch(
        run_id,
        metrics=[
            Metric("nan", math.nan, 1000, 0),
            Metric("up", math.inf, 1000, 0),
            Metric("down", -math.inf, 1000, 0),
            Metric("plain", 0.5, 1000, 0),
        ],
    )
    found = latest(client, run_id)
    assert math.isnan(found.pop("nan"))
    assert found == {"up": LARGEST, "down": -LARGEST, "plain": 0.5}


@pytest.mark.parametrize(
    "value", [0.1 + 0.2, 1e-300, -1e-320, 1 / 3, 2**53 + 0.0, 123456789.123456789, 0, -0.0]
)
def test_doubles_come_back_exactly(client, run_id, value):
    client.log_metric(run_id, "m", value)
    assert latest(client, run_id)["m"] == value
    assert client.get_metric_history(run_id, "m")[0].value == value


@pytest.mark.parametrize("step", [-(2**53) - 1, -1, 2**31, 2**53 + 1, 2**63 - 1])
def test_steps_are_64_bit(client, run_id, step):
    client.log_metric(run_id, "m", 1.0, step=step)
    assert client.get_metric_history(run_id, "m")[0].step == step


def test_timestamps_are_64_bit(client, run_id):
    client.log_metric(run_id, "m", 1.0, timestamp=2**53 + 1)
    assert client.get_metric_history(run_id, "m")[0].timestamp == 2**53 + 1


def test_an_exact_duplicate_is_stored_once(client, run_id):
    for _ in range(3):
        client.log_metric(run_id, "m", 0.5, timestamp=1000, step=1)
    client.log_metric(run_id, "m", 0.6, timestamp=1000, step=1)
    assert points(client.get_metric_history(run_id, "m")) == [(1000, 1, 0.5), (1000, 1, 0.6)]


def test_no_history(client, run_id):
    assert list(client.get_metric_history(run_id, "never")) == []


def test_an_absent_run(client):
    with refused(MISSING, f"Run with id={ABSENT} not found"):
        client.log_metric(ABSENT, "m", 1.0)


def test_a_negative_timestamp(client, run_id):
    with refused(INVALID) as caught:
        client.log_metric(run_id, "m", 1.0, timestamp=-1)
    assert "nonnegative" in caught.value.message
    assert latest(client, run_id) == {}


def test_a_thousand_in_a_batch(client, run_id):
    client.log_batch(run_id, metrics=[Metric("m", i * 0.5, 1000 + i, i) for i in range(1000)])
    history = client.get_metric_history(run_id, "m")
    assert points(history) == [(1000 + i, i, i * 0.5) for i in range(1000)]
    assert latest(client, run_id) == {"m": 499.5}


def test_many_keys_in_a_batch(client, run_id):
    client.log_batch(run_id, metrics=[Metric(f"key/{i:03}", i, 1000, 0) for i in range(900)])
    assert latest(client, run_id) == {f"key/{i:03}": float(i) for i in range(900)}


def test_a_long_history(client, run_id):
    for start in range(0, 3000, 1000):
        batch = [Metric("m", step % 7, 5000 + step, step) for step in range(start, start + 1000)]
        client.log_batch(run_id, metrics=batch)
    history = client.get_metric_history(run_id, "m")
    assert [m.step for m in history] == list(range(3000))
    assert [m.value for m in history] == [float(step % 7) for step in range(3000)]


@requires_mlflow("2.10")
def test_without_waiting(client, run_id):
    pending = [client.log_metric(run_id, "m", i, step=i, synchronous=False) for i in range(50)]
    for operation in pending:
        operation.wait()
    assert [m.step for m in client.get_metric_history(run_id, "m")] == list(range(50))
    assert latest(client, run_id) == {"m": 49.0}
