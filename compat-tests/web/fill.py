"""Fills a server with what the web application is to show; prints the ids as JSON."""

import base64
import json
import math
import os
import sys
import tempfile

import fill_observed as observed
import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

mlflow.set_tracking_uri(sys.argv[1])
client = MlflowClient()

HOSTILE = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>"
HOSTILE_NOTE = (
    "# A note\n\n<script>window.hacked = 1</script>\n\n"
    "[click](javascript:window.hacked=1) ![spy](https://elsewhere.example/spy.png)\n\n"
    + HOSTILE
)
HOSTILE_PAGE = """<h1>page</h1><p id="where">static</p><script>
document.getElementById('where').textContent = 'origin ' + self.origin;
try { parent.hacked = 1; } catch {}
try { parent.document.title = 'hacked'; } catch {}
fetch('/api/2.0/mlflow/experiments/get?experiment_id=0').then(
  () => parent.postMessage('reached', '*'), () => {});
</script><img src="https://elsewhere.example/spy.png">"""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Same(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input


def tuned(experiment, name, rate, depth):
    with mlflow.start_run(experiment_id=experiment, run_name=name) as run:
        mlflow.log_params({"rate": rate, "depth": depth, "optimizer": "adam" if depth % 2 else "sgd"})
        mlflow.set_tag("mlflow.source.name", "train.py")
        mlflow.set_tag("team", "north" if depth % 2 else "south")
        points = [
            Metric(key, value, 1_790_000_000_000 + 1000 * step, step)
            for step in range(200)
            for key, value in (
                ("loss", rate * depth + math.exp(-step / 40) + 0.03 * math.sin(step * depth)),
                ("accuracy", 1 - rate - math.exp(-step / 30) / 2 + 0.01 * math.sin(step)),
            )
        ]
        points.append(Metric("f1", 0.5 + rate, 1_790_000_000_000, 0))
        points += [Metric("system/cpu_utilization", 40 + 20 * math.sin(s / 4), 1_790_000_000_000 + 5000 * s, s) for s in range(40)]
        client.log_batch(run.info.run_id, metrics=points)
        return run.info.run_id


def artifacts(run_id, frame):
    with mlflow.start_run(run_id=run_id):
        score("Lee")
        mlflow.flush_trace_async_logging()
        mlflow.log_input(mlflow.data.from_pandas(frame, name="customers"), context="training")
        mlflow.log_text("plain words", "notes/plain.txt")
        mlflow.log_text("name,score\n\"Smith, J\",0.5\nLee,0.7\n", "scores.csv")
        mlflow.log_dict({"layers": [64, 32], "seed": 7}, "config.json")
        mlflow.log_text(HOSTILE_PAGE, "page.html")
        mlflow.log_text("# Heading\n\nwords\n", "readme.md")
        mlflow.log_table({"question": ["q1"], "answer": ["a1"]}, "answers.json")
        client.set_tag(run_id, "mlflow.note.content", "The **first** try, with `rate` low.")
        client.set_tag(run_id, "mlflow.source.git.commit", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3")
        client.set_tag(run_id, "mlflow.source.git.repoURL", "git@github.com:team/project.git")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pixel.png")
        with open(path, "wb") as file:
            file.write(PIXEL)
        client.log_artifact(run_id, path)


@mlflow.trace(name="score-customer")
def score(customer):
    return {"customer": customer, "score": 0.7}


def many(count):
    experiment = client.create_experiment("many-runs")
    for index in range(count):
        run = client.create_run(experiment, run_name=f"sweep-{index:04}")
        client.log_batch(
            run.info.run_id,
            metrics=[Metric("loss", 1 / (index + 1), 1, 0)],
            params=[Param("index", str(index))],
            tags=[RunTag("half", "even" if index % 2 == 0 else "odd")],
        )
        client.set_terminated(run.info.run_id)
    return experiment


def registry(run_id, frame):
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.pyfunc.log_model(
            name="model", python_model=Same(), input_example=frame, pip_requirements=[]
        )
    for _ in range(2):
        mlflow.register_model(logged.model_uri, "churn")
    client.update_registered_model("churn", description="Who is **likely** to leave.")
    client.set_registered_model_alias("churn", "champion", "1")
    client.transition_model_version_stage("churn", "1", "Production")
    return "churn"


def main():
    experiment = client.create_experiment("churn-tuning")
    frame = pd.DataFrame({"age": [31, 42], "spend": [10.5, 20.0]})
    settings = [(0.01 * (1 + n % 4), 1 + n // 2) for n in range(8)]
    runs = [tuned(experiment, f"tune-{n}", rate, depth) for n, (rate, depth) in enumerate(settings)]
    mlflow.set_experiment(experiment_id=experiment)
    artifacts(runs[0], frame)
    with mlflow.start_run(experiment_id=experiment, run_name="sweep"):
        for index in range(2):
            with mlflow.start_run(experiment_id=experiment, run_name=f"child-{index}", nested=True):
                mlflow.log_metric("loss", index)
    running = client.create_run(experiment, run_name="under-way").info.run_id
    hostile_experiment = client.create_experiment(f"hostile {HOSTILE}")
    hostile = client.create_run(hostile_experiment, run_name=HOSTILE).info.run_id
    client.log_param(hostile, "param", HOSTILE)
    client.log_metric(hostile, "metric", 1)
    client.set_tag(hostile, "tag", HOSTILE)
    client.set_tag(hostile, "mlflow.note.content", HOSTILE_NOTE)
    client.set_tag(hostile, "mlflow.source.git.commit", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3")
    client.set_tag(hostile, "mlflow.source.git.repoURL", "javascript:window.hacked=1//")
    client.log_text(hostile, HOSTILE_PAGE, "page.html")
    client.log_text(hostile, "<svg xmlns='http://www.w3.org/2000/svg' onload='window.hacked=1'/>", "image.svg")
    client.set_terminated(hostile)
    observed.documents(client, runs[0])
    observed.hostile_documents(client, hostile, HOSTILE)
    more = {
        **observed.traces(experiment),
        **observed.hostile_traces(hostile_experiment, HOSTILE),
        **observed.prompts(HOSTILE),
    }
    mlflow.set_experiment(experiment_id=experiment)
    hostile_model = "<b onmouseover=window.hacked=1>model"
    client.create_registered_model(hostile_model, description=HOSTILE_NOTE)
    print(json.dumps({
        "experiment": experiment, "runs": runs, "running": running, "many": many(450),
        "empty": client.create_experiment("nothing-yet"),
        "hostile": hostile, "hostileExperiment": hostile_experiment,
        "model": registry(runs[0], frame), "hostileModel": hostile_model, **more,
    }))


main()
