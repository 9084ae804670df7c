import mlflow
import numpy
import pytest
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from support import MISSING, before_mlflow, refused, requires_mlflow, unique

# Named requirements keep the client from starting a process to infer them.
REQUIREMENTS = ["scikit-learn"]
COLUMNS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]


class Logged:
    """A classifier of irises, logged and registered as version 1 and, trained again, 2."""

    def __init__(self, client):
        self.features, labels = load_iris(return_X_y=True, as_frame=True)
        self.name = unique("iris")
        self.experiment = client.create_experiment(unique("models"))
        self.models, self.infos, self.run_ids = [], [], []
        for strength in (1.0, 0.0001):
            model = LogisticRegression(C=strength, max_iter=500).fit(self.features, labels)
            with mlflow.start_run(experiment_id=self.experiment) as run:
                info = mlflow.sklearn.log_model(
                    model,
                    "model",
                    signature=infer_signature(self.features, model.predict(self.features)),
                    input_example=self.features.head(3),
                    registered_model_name=self.name,
                    pip_requirements=REQUIREMENTS,
                )
            self.models.append(model)
            self.infos.append(info)
            self.run_ids.append(run.info.run_id)

    def is_version(self, number, loaded):
        """True when the loaded model predicts what the trained one does, and the others do not."""
        answers = [model.predict(self.features) for model in self.models]
        assert not numpy.array_equal(answers[0], answers[1])
        return numpy.array_equal(loaded.predict(self.features), answers[number - 1])


@pytest.fixture(scope="module")
def logged(client):
    return Logged(client)


@pytest.mark.parametrize("number", [1, 2])
def test_load_by_version(logged, number):
    uri = f"models:/{logged.name}/{number}"
    assert logged.is_version(number, mlflow.sklearn.load_model(uri))


def test_load_as_a_python_function(logged):
    loaded = mlflow.pyfunc.load_model(f"models:/{logged.name}/1")
    assert logged.is_version(1, loaded)
    assert loaded.metadata.run_id == logged.run_ids[0]
    assert [column.name for column in loaded.metadata.get_input_schema()] == COLUMNS


def test_a_wrong_input_is_refused_by_the_signature(logged):
    loaded = mlflow.pyfunc.load_model(f"models:/{logged.name}/1")
    with pytest.raises(MlflowException, match="sepal width"):
        loaded.predict(logged.features.drop(columns=[COLUMNS[1]]))


@pytest.mark.parametrize("number", [1, 2])
def test_load_by_run(logged, number):
    uri = f"runs:/{logged.run_ids[number - 1]}/model"
    assert logged.is_version(number, mlflow.sklearn.load_model(uri))


@pytest.mark.parametrize("number", [1, 2])
def test_load_by_the_uri_that_logging_returned(logged, number):
    uri = logged.infos[number - 1].model_uri
    assert logged.is_version(number, mlflow.sklearn.load_model(uri))


@requires_mlflow("3.0")
def test_load_by_model_id(logged):
    info = logged.infos[0]
    assert info.model_uri == f"models:/{info.model_id}"
    assert info.model_id.startswith("m-")
    assert logged.is_version(1, mlflow.pyfunc.load_model(f"models:/{info.model_id}"))


def test_load_the_latest(logged):
    assert logged.is_version(2, mlflow.sklearn.load_model(f"models:/{logged.name}/latest"))


def test_load_by_stage(client, logged):
    client.transition_model_version_stage(logged.name, "1", "Production")
    uri = f"models:/{logged.name}/Production"
    assert logged.is_version(1, mlflow.sklearn.load_model(uri))
    client.transition_model_version_stage(
        logged.name, "2", "Production", archive_existing_versions=True
    )
    assert logged.is_version(2, mlflow.sklearn.load_model(uri))
    assert logged.is_version(1, mlflow.sklearn.load_model(f"models:/{logged.name}/Archived"))


def test_load_by_alias(client, logged):
    uri = f"models:/{logged.name}@champion"
    for number in (1, 2):
        client.set_registered_model_alias(logged.name, "champion", str(number))
        assert logged.is_version(number, mlflow.pyfunc.load_model(uri))


def test_load_of_what_is_absent(logged):
    message = f"Model Version (name={logged.name}, version=99) not found"
    with refused(MISSING, message):
        mlflow.sklearn.load_model(f"models:/{logged.name}/99")
    with pytest.raises(MlflowException, match="No versions of model with name"):
        mlflow.sklearn.load_model(f"models:/{logged.name}/Staging")


def test_the_registered_version(client, logged):
    version = client.get_model_version(logged.name, "1")
    assert version.run_id == logged.run_ids[0]
    assert version.status == "READY"
    assert client.get_registered_model(logged.name).aliases.keys() <= {"champion"}


@before_mlflow("3.0")
def test_files_lie_under_the_run(client, logged):
    found = [file.path for file in client.list_artifacts(logged.run_ids[0], "model")]
    assert {"model/MLmodel", "model/requirements.txt", "model/input_example.json"} <= set(found)
    history = client.get_run(logged.run_ids[0]).data.tags["mlflow.log-model.history"]
    assert '"artifact_path": "model"' in history


@requires_mlflow("3.0")
def test_files_lie_under_the_logged_model(client, logged):
    info = logged.infos[0]
    found = mlflow.artifacts.list_artifacts(artifact_uri=info.model_uri)
    names = {file.path.rsplit("/", 1)[-1] for file in found}
    assert {"MLmodel", "requirements.txt", "input_example.json"} <= names
    model = client.get_logged_model(info.model_id)
    assert model.artifact_location == (
        f"mlflow-artifacts:/{logged.experiment}/models/{info.model_id}/artifacts"
    )
    (output,) = client.get_run(logged.run_ids[0]).outputs.model_outputs
    assert output.model_id == info.model_id


def test_model_info(logged):
    info = mlflow.models.get_model_info(f"models:/{logged.name}/1")
    assert info.run_id == logged.run_ids[0]
    assert {"python_function", "sklearn"} <= set(info.flavors)
    assert info.signature.inputs.input_names() == COLUMNS
    assert info.saved_input_example_info["type"] == "dataframe"


def test_download_the_folder(logged, tmp_path):
    mlflow.artifacts.download_artifacts(
        artifact_uri=f"models:/{logged.name}/2", dst_path=str(tmp_path)
    )
    assert logged.is_version(2, mlflow.sklearn.load_model(str(tmp_path)))


def test_input_example(logged):
    model = mlflow.pyfunc.load_model(f"models:/{logged.name}/1")
    example = model.metadata.load_input_example(
        mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{logged.name}/1")
    )
    assert example.to_numpy().tolist() == logged.features.head(3).to_numpy().tolist()


def test_register_later(client, logged):
    name = unique("later")
    version = mlflow.register_model(
        f"runs:/{logged.run_ids[1]}/model", name, tags={"by": "hand"}
    )
    assert (version.name, int(version.version)) == (name, 1)
    found = client.get_model_version(name, "1")
    assert found.run_id == logged.run_ids[1]
    assert found.tags == {"by": "hand"}
    assert logged.is_version(2, mlflow.sklearn.load_model(f"models:/{name}/1"))


def test_load_a_copy(client, logged):
    target = unique("copy")
    client.copy_model_version(f"models:/{logged.name}/1", target)
    assert logged.is_version(1, mlflow.sklearn.load_model(f"models:/{target}/1"))


def test_a_regression_on_arrays(client, experiment):
    features, target = load_diabetes(return_X_y=True)
    model = Ridge(alpha=0.5).fit(features, target)
    with mlflow.start_run() as run:
        mlflow.log_metric("r2", model.score(features, target))
        mlflow.sklearn.log_model(
            model,
            "ridge",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=REQUIREMENTS,
        )
    loaded = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/ridge")
    assert numpy.array_equal(loaded.predict(features), model.predict(features))
    assert client.get_run(run.info.run_id).data.metrics == {"r2": model.score(features, target)}
