"""Large files: clients that would send them in parts are told to send them whole."""

import hashlib

import mlflow
import pytest
from support import requires_mlflow

SIZE = 120 * 1024 * 1024
PIECE = 1024 * 1024


def digest(path):
    with open(path, "rb") as file:
        sha = hashlib.sha256()
        while piece := file.read(PIECE):
            sha.update(piece)
        return sha.hexdigest()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "weights.bin"
    with open(path, "wb") as file:
        for index in range(SIZE // PIECE):
            # No two pieces are the same, so none can stand in for another.
            file.write(index.to_bytes(4, "big") * (PIECE // 4))
    return path


@pytest.fixture
def in_parts(monkeypatch):
    """Every size above 10 MB is worth parts."""
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", str(10 * PIECE))
    monkeypatch.setenv("MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE", str(10 * PIECE))


@requires_mlflow("2.10")
def test_there_and_back(in_parts, client, run_id, large, tmp_path):
    client.log_artifact(run_id, str(large), "model")
    [stored] = client.list_artifacts(run_id, "model")
    assert (stored.path, stored.file_size) == ("model/weights.bin", SIZE)
    uri = f"runs:/{run_id}/model/weights.bin"
    local = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(tmp_path))
    assert digest(local) == digest(large)


@requires_mlflow("3.0")
def test_a_folder_with_a_large_file(in_parts, client, run_id, large, tmp_path):
    folder = tmp_path / "model"
    (folder / "data").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "data" / "weights.bin").write_bytes(large.read_bytes()[: 20 * PIECE])
    client.log_artifacts(run_id, str(folder), "m")
    local = client.download_artifacts(run_id, "m", str(tmp_path))
    assert digest(f"{local}/data/weights.bin") == digest(folder / "data" / "weights.bin")
