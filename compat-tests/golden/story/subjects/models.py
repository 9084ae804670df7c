"""A model is logged, registered and loaded, as the client's own library does it."""

import mlflow


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input * 2


def tell(story):
    experiment = story.experiment("models")
    name = story.name("doubler")
    where = {"name": "model"} if story.since(3, 0) else {"artifact_path": "model"}
    with mlflow.start_run(experiment_id=experiment, run_name="train"):
        # Named requirements: otherwise the client starts a process to find them out.
        info = mlflow.pyfunc.log_model(
            python_model=Doubler(),
            pip_requirements=["mlflow"],
            registered_model_name=name,
            **where,
        )
    for uri in (info.model_uri, f"models:/{name}/1"):
        assert mlflow.pyfunc.load_model(uri).predict(4) == 8
    version = mlflow.register_model(info.model_uri, name)
    story.client.set_registered_model_alias(name, "champion", version.version)
    assert mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(5) == 10
    story.client.get_run(info.run_id)
