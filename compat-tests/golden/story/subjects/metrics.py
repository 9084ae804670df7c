import math

from mlflow.entities import Metric, Param, RunTag
from teller import TIME

VALUES = {
    "whole": 3.0,
    "negative_zero": -0.0,
    "third": 1 / 3,
    "large": 1e300,
    "exponent": 1e16,
    "tiny": 5e-324,
    "nan": math.nan,
    "infinity": math.inf,
    "minus_infinity": -math.inf,
}


def tell(story):
    client = story.client
    run = story.run(story.experiment("metrics"), "metrics")
    for name, value in VALUES.items():
        client.log_metric(run, name, value, timestamp=TIME, step=0)
        client.get_metric_history(run, name)
    batch = [Metric("curve", step / 4, TIME + step, step) for step in range(4)]
    batch.append(Metric("curve", 9.5, TIME, 2**53 + 1))
    batch.append(Metric("curve", -1.0, TIME, -7))
    params, tags = [Param("a", "1"), Param("b", "")], [RunTag("t", "v")]
    client.log_batch(run, metrics=batch, params=params, tags=tags)
    client.log_batch(run, metrics=batch, params=params, tags=tags)
    client.log_batch(run)
    client.get_metric_history(run, "curve")
    client.get_metric_history(run, "none")
    client.get_run(run)
    with story.refused():
        client.log_batch(run, params=[Param("a", "2"), Param("c", "3")])
    with story.refused():
        client.log_metric(run, "a//b", 1.0, timestamp=TIME)
    with story.refused():
        client.log_metric(run, "early", 1.0, timestamp=-1)
    client.get_run(run)
