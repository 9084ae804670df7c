import json

import mlflow
import pytest
import yaml
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from support import MISSING, requires_mlflow, tree


def listing(client, run_id, path=None):
    found = client.list_artifacts(run_id, path)
    return [(file.path, file.is_dir, file.file_size) for file in found]


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "source"
    (source / "sub" / "deep").mkdir(parents=True)
    (source / "top.txt").write_text("top")
    (source / "sub" / "data.bin").write_bytes(bytes(range(256)))
    (source / "sub" / "deep" / "empty.txt").write_bytes(b"")
    return source


def test_a_file(client, run_id, folder):
    client.log_artifact(run_id, str(folder / "top.txt"))
    client.log_artifact(run_id, str(folder / "top.txt"), "a/b")
    assert listing(client, run_id) == [("a", True, None), ("top.txt", False, 3)]
    assert listing(client, run_id, "a") == [("a/b", True, None)]
    assert listing(client, run_id, "a/b") == [("a/b/top.txt", False, 3)]


def test_a_folder_there_and_back(client, run_id, folder, tmp_path):
    client.log_artifacts(run_id, str(folder), "copied")
    assert listing(client, run_id, "copied") == [
        ("copied/sub", True, None),
        ("copied/top.txt", False, 3),
    ]
    assert listing(client, run_id, "copied/sub") == [
        ("copied/sub/data.bin", False, 256),
        ("copied/sub/deep", True, None),
    ]
    target = tmp_path / "target"
    target.mkdir()
    local = client.download_artifacts(run_id, "copied", str(target))
    assert local == str(target / "copied")
    assert tree(target / "copied") == tree(folder)
    for path in tree(folder):
        assert (target / "copied" / path).read_bytes() == (folder / path).read_bytes()


def test_everything_at_once(client, run_id, folder, tmp_path):
    client.log_artifacts(run_id, str(folder))
    target = tmp_path / "all"
    target.mkdir()
    client.download_artifacts(run_id, "", str(target))
    assert tree(target) == ["sub/data.bin", "sub/deep/empty.txt", "top.txt"]


def test_download_by_uri(run, folder):
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_artifact(str(folder / "sub" / "data.bin"), "x")
    for uri in (f"runs:/{run.info.run_id}/x/data.bin", f"{run.info.artifact_uri}/x/data.bin"):
        local = mlflow.artifacts.download_artifacts(artifact_uri=uri)
        with open(local, "rb") as file:
            assert file.read() == bytes(range(256))


@requires_mlflow("2.22")
def test_list_by_uri(client, run, folder):
    client.log_artifacts(run.info.run_id, str(folder))
    found = mlflow.artifacts.list_artifacts(artifact_uri=f"runs:/{run.info.run_id}/sub")
    assert [file.path for file in found] == ["sub/data.bin", "sub/deep"]


def test_nothing_there(client, run_id):
    assert listing(client, run_id) == []
    assert listing(client, run_id, "no/such/folder") == []


def test_a_missing_file(client, run_id):
    with pytest.raises(MlflowException) as caught:
        client.download_artifacts(run_id, "no-such-file.txt")
    assert "no-such-file.txt" in str(caught.value)


def test_text_and_dicts(client, run_id):
    value = {"name": "größe", "list": [1, 2.5, None], "deep": {"a": True}}
    client.log_text(run_id, "line one\nläne two\n", "notes/readme.md")
    client.log_dict(run_id, value, "data.json")
    client.log_dict(run_id, value, "data.yaml")
    base = f"runs:/{run_id}"
    assert mlflow.artifacts.load_text(f"{base}/notes/readme.md") == "line one\nläne two\n"
    assert mlflow.artifacts.load_dict(f"{base}/data.json") == value
    with open(client.download_artifacts(run_id, "data.yaml"), encoding="utf-8") as file:
        assert yaml.safe_load(file) == value


def test_overwrite(client, run_id):
    client.log_text(run_id, "first, and long", "note.txt")
    client.log_text(run_id, "second", "note.txt")
    assert listing(client, run_id) == [("note.txt", False, 6)]
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/note.txt") == "second"


@pytest.mark.parametrize("name", ["two words.txt", "größe-日本.txt", "a+b=c&d.txt", "50% done.txt"])
def test_odd_names(client, run_id, name, tmp_path):
    (tmp_path / name).write_text(name)
    client.log_artifact(run_id, str(tmp_path / name), "odd names")
    assert listing(client, run_id, "odd names") == [
        (f"odd names/{name}", False, len(name.encode()))
    ]
    local = client.download_artifacts(run_id, f"odd names/{name}")
    with open(local, encoding="utf-8") as file:
        assert file.read() == name


def test_a_large_file(client, run_id, tmp_path):
    content = bytes(range(256)) * 4096 * 12
    (tmp_path / "large.bin").write_bytes(content)
    client.log_artifact(run_id, str(tmp_path / "large.bin"))
    assert listing(client, run_id) == [("large.bin", False, 12 * 1024 * 1024)]
    with open(client.download_artifacts(run_id, "large.bin"), "rb") as file:
        assert file.read() == content


def test_figure_and_image(client, run_id):
    import numpy
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    client.log_figure(run_id, figure, "plots/line.png")
    pyplot.close(figure)
    client.log_image(run_id, numpy.zeros((4, 5, 3), dtype=numpy.uint8), "plots/black.png")
    for name in ("line", "black"):
        with open(client.download_artifacts(run_id, f"plots/{name}.png"), "rb") as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    assert mlflow.artifacts.load_image(f"runs:/{run_id}/plots/black.png").size == (5, 4)


def test_table(client, run_id, experiment):
    client.log_table(run_id, {"q": ["a", "b"], "n": [1, 2]}, "tables/qa.json")
    client.log_table(run_id, {"q": ["c"], "n": [3]}, "tables/qa.json")
    frame = mlflow.load_table("tables/qa.json", run_ids=[run_id])
    assert list(frame["q"]) == ["a", "b", "c"]
    assert list(frame["n"]) == [1, 2, 3]
    tag = client.get_run(run_id).data.tags["mlflow.loggedArtifacts"]
    assert json.loads(tag) == [{"path": "tables/qa.json", "type": "table"}]


def test_fluent_calls(client, experiment, folder):
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder / "sub"), "up")
        mlflow.log_text("hello", "hello.txt")
        assert mlflow.get_artifact_uri("up") == f"{run.info.artifact_uri}/up"
    assert listing(client, run.info.run_id) == [("hello.txt", False, 5), ("up", True, None)]


def test_delete(client, run, folder):
    client.log_artifacts(run.info.run_id, str(folder))
    repository = get_artifact_repository(run.info.artifact_uri)
    repository.delete_artifacts("sub")
    assert listing(client, run.info.run_id) == [("top.txt", False, 3)]
    repository.delete_artifacts("top.txt")
    assert listing(client, run.info.run_id) == []


def test_list_of_an_absent_run(client):
    absent = "0123456789abcdef0123456789abcdef"
    with pytest.raises(MlflowException) as caught:
        client.list_artifacts(absent)
    assert caught.value.error_code == MISSING
    assert f"Run with id={absent} not found" in str(caught.value)


@requires_mlflow("2.13")
def test_images_by_step(client, run_id):
    import numpy

    for step in range(2):
        pixels = numpy.full((4, 4, 3), step * 100, dtype=numpy.uint8)
        client.log_image(run_id, pixels, key="dogs", step=step, synchronous=True)
    found = [path for path, _, _ in listing(client, run_id, "images")]
    assert len(found) == 4
    assert all(path.startswith("images/dogs") for path in found), found
    assert len({path.rsplit(".", 1)[1] for path in found}) == 2
