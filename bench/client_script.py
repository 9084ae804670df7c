"""What a user's script does, against the server of MLFLOW_TRACKING_URI: client_script.py <whole|tracking>.

Prints how many seconds it took, without the time that Python takes to import what it needs.
"""

import json
import sys
import tempfile
import time
import uuid
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy
from sklearn.linear_model import LinearRegression

model = LinearRegression().fit(numpy.array([[1.0], [2.0]]), numpy.array([1.0, 2.0]))
name = f"script-{uuid.uuid4().hex}"
client = mlflow.MlflowClient()
started = time.perf_counter()

mlflow.set_experiment(name)
with mlflow.start_run() as run:
    mlflow.log_params({f"param_{i}": i for i in range(10)})
    for step in range(1000):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.txt"
        path.write_text("written by a script\n")
        mlflow.log_artifact(str(path))
    if sys.argv[1] == "whole":
        mlflow.sklearn.log_model(
            model, name="model", registered_model_name=name, pip_requirements=["scikit-learn"]
        )
if sys.argv[1] == "whole":
    client.transition_model_version_stage(name, "1", "Production")

seconds = time.perf_counter() - started
points = client.get_metric_history(run.info.run_id, "loss")
right = len(points) == 1000 and len(client.get_run(run.info.run_id).data.params) == 10
if sys.argv[1] == "whole":
    right = right and client.get_latest_versions(name, ["Production"])[0].version in (1, "1")
print(json.dumps({"seconds": seconds, "right": right}))
