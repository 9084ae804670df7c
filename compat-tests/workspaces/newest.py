"""What a client of MLflow 3.17 does with workspaces; prints what it was told."""

import json
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = MlflowClient()
told = {}


def refused(action):
    try:
        action()
    except MlflowException as error:
        return error.error_code
    except OSError:
        # What the client raises for artifacts.
        return "no file"
    return "done"


class Constant(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return ["one" for _ in model_input]


def fill(workspace):
    """Makes things of the same names in each workspace."""
    mlflow.set_workspace(workspace)
    experiment = mlflow.set_experiment("same")
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
        mlflow.log_text(workspace, "f.txt")
        mlflow.pyfunc.log_model(
            name="model", python_model=Constant(), registered_model_name="in-a",
            pip_requirements=[],
        )
    client.set_registered_model_alias("in-a", "best", "1")
    mlflow.genai.register_prompt(name="prompt", template=f"of {workspace}")
    with mlflow.start_span("span"):
        pass
    mlflow.flush_trace_async_logging()
    return experiment.experiment_id, run.info.run_id


client.create_workspace("team-a", description="A")
client.create_workspace("team-b")
told["list"] = [[one.name, one.description] for one in client.list_workspaces()]
told["get"] = client.get_workspace("team-a").description
told["update"] = client.update_workspace("team-a", description="AA").description
told["taken"] = refused(lambda: client.create_workspace("team-a"))
told["bad name"] = refused(lambda: client.create_workspace("Bad_Name"))
told["absent"] = refused(lambda: client.get_workspace("nope"))

places = {}
for workspace in ("team-a", "team-b"):
    places[workspace] = fill(workspace)

for workspace, other in (("team-a", "team-b"), ("team-b", "team-a")):
    mlflow.set_workspace(workspace)
    experiment, run = places[workspace]
    told[workspace] = {
        "experiments": sorted(one.name for one in client.search_experiments()),
        "runs": len(client.search_runs([experiment])),
        "file": mlflow.artifacts.load_text(client.get_run(run).info.artifact_uri + "/f.txt"),
        "models": sorted(one.name for one in client.search_registered_models()),
        "loaded": mlflow.pyfunc.load_model("models:/in-a@best").predict(["x"]),
        "prompt": mlflow.genai.load_prompt("prompts:/prompt/1").template,
        "traces": len(client.search_traces([experiment])),
        "foreign experiment": refused(lambda: client.get_experiment(places[other][0])),
        "foreign run": refused(lambda: client.get_run(places[other][1])),
        "foreign metric": refused(lambda: client.log_metric(places[other][1], "m", 2)),
    }

mlflow.set_workspace("default")
told["default"] = [one.name for one in client.search_experiments()]
told["kept"] = client.delete_workspace("team-b", mode="SET_DEFAULT")
told["moved"] = sorted(one.name for one in client.search_experiments())
told["moved file"] = refused(
    lambda: mlflow.artifacts.load_text(
        client.get_run(places["team-b"][1]).info.artifact_uri + "/f.txt"
    )
)
told["conflict"] = refused(lambda: client.delete_workspace("team-a", mode="SET_DEFAULT")) != "done"
told["not empty"] = refused(lambda: client.delete_workspace("team-a", mode="RESTRICT")) != "done"
told["reserved"] = refused(lambda: client.delete_workspace("default"))
client.delete_workspace("team-a", mode="CASCADE")
told["left"] = [one.name for one in client.list_workspaces()]
print(json.dumps(told))
