"""What a client of MLflow 2.22 does on a server with workspaces."""

import json
import sys

import mlflow
from mlflow import MlflowClient

url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = MlflowClient()
experiment = client.create_experiment("of 2.22")
run = client.create_run(experiment)
client.log_text(run.info.run_id, "hello", "f.txt")
client.create_registered_model("of-2.22")
names = [model.name for model in client.search_registered_models()]
print(
    json.dumps(
        {
            "experiment": client.get_experiment(experiment).name,
            "model": next(name for name in names if name == "of-2.22"),
            "read": mlflow.artifacts.load_text(run.info.artifact_uri + "/f.txt"),
            "seen": "in-elsewhere" in names,
        }
    )
)
