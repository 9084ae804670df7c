"""What a user does with artifacts, and what comes of it, as one line of JSON.

The server and the store are those of the environment.
"""

import hashlib
import json
import os
import sys
import tempfile
import uuid
from pathlib import Path

import mlflow
import mlflow.pyfunc
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

LARGE = 12 * 1024 * 1024 + 345


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * value for value in model_input]


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def tree(client, run_id, path=None):
    found = {}
    for info in client.list_artifacts(run_id, path):
        found[info.path] = None if info.is_dir else info.file_size
        if info.is_dir:
            found.update(tree(client, run_id, info.path))
    return found


def told(work):
    try:
        work()
        return "done"
    except (MlflowException, OSError) as error:
        return getattr(error, "error_code", type(error).__name__)


def main(uri):
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    client = MlflowClient()
    name = f"story-{uuid.uuid4().hex}"
    experiment = client.create_experiment(name)
    run = client.create_run(experiment)
    run_id = run.info.run_id
    seen = {"scheme": run.info.artifact_uri.split(":")[0]}
    with tempfile.TemporaryDirectory() as folder:
        sent = Path(folder, "sent")
        (sent / "deep" / "deeper").mkdir(parents=True)
        (sent / "a.txt").write_text("text")
        (sent / "ä b.csv").write_text("1,2\n")
        (sent / "empty").write_bytes(b"")
        (sent / "deep" / "deeper" / "x.bin").write_bytes(os.urandom(70_000))
        client.log_artifacts(run_id, str(sent), "files")
        client.log_text(run_id, "noted", "notes/note.txt")
        large = Path(folder, "large.bin")
        large.write_bytes(b"".join(n.to_bytes(8, "big") for n in range(LARGE // 8 + 1))[:LARGE])
        client.log_artifact(run_id, str(large), "files/large")
        seen["tree"] = tree(client, run_id)
        seen["file as folder"] = tree(client, run_id, "files/a.txt")
        back = Path(client.download_artifacts(run_id, "files", folder))
        seen["same"] = sorted(
            str(path.relative_to(sent))
            for path in sent.rglob("*")
            if path.is_file() and digest(path) == digest(back / path.relative_to(sent))
        )
        seen["large"] = digest(back / "large" / "large.bin") == digest(large)
        seen["text"] = mlflow.artifacts.load_text(f"runs:/{run_id}/notes/note.txt")
        seen["missing"] = told(lambda: client.download_artifacts(run_id, "none", folder)) != "done"

        with mlflow.start_run(run_id=run_id):
            logged = mlflow.pyfunc.log_model(
                artifact_path="model",
                python_model=Doubler(),
                pip_requirements=[],
                registered_model_name=name,
            )
        loaded = mlflow.pyfunc.load_model(logged.model_uri)
        seen["predicted"] = loaded.predict([1, 2])
        registered = mlflow.pyfunc.load_model(f"models:/{name}/1")
        seen["registered"] = registered.predict([3])

        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        repository = get_artifact_repository(run.info.artifact_uri)
        seen["deleted"] = told(lambda: repository.delete_artifacts("files/deep"))
        seen["left"] = sorted(tree(client, run_id, "files"))
    print(json.dumps(seen))


main(sys.argv[1])
