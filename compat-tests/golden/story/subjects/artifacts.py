import os

import mlflow
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository


def tell(story):
    client = story.client
    run = story.run(story.experiment("artifacts"), "artifacts")
    client.log_text(run, "hello\n", "notes/hello.txt")
    client.log_text(run, "grüße", "notes/ein tag & mehr.txt")
    client.log_text(run, "", "empty.txt")
    client.log_dict(run, {"a": [1, 2.5, None]}, "data.json")
    os.makedirs("folder/inner")
    for path in ("folder/one.csv", "folder/inner/two.html"):
        with open(path, "w", newline="\n") as file:
            file.write("<p>2</p>\n" if path.endswith("html") else "a,b\n1,2\n")
    client.log_artifact(run, "folder/one.csv", "single")
    client.log_artifacts(run, "folder", "many")
    for path in (None, "notes", "many", "many/inner", "none"):
        client.list_artifacts(run, path)
    downloads(client, run)


def downloads(client, run):
    root = client.get_run(run).info.artifact_uri
    assert mlflow.artifacts.load_text(f"{root}/notes/hello.txt") == "hello\n"
    assert mlflow.artifacts.load_text(f"{root}/notes/ein tag & mehr.txt") == "grüße"
    client.download_artifacts(run, "many")
    client.download_artifacts(run, "data.json")
    try:
        client.download_artifacts(run, "none.txt")
    except Exception:  # noqa: BLE001 - what is raised is not the same in all versions
        pass
    else:
        raise AssertionError("there is no such file")
    get_artifact_repository(root).delete_artifacts("notes")
    client.list_artifacts(run)
