"""What a data scientist does who brings ONNX and cards along: `formats.py URL`."""

import json
import pathlib
import sys
import tempfile
import urllib.request
import uuid

import mlflow
import mlflow.onnx
import numpy as np
from huggingface_hub import ModelCard
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

URL = sys.argv[1]

CARD = {
    "intended_use": "Analyzing user engagement in video calls.",
    "limitations": "Performance drops in low-light conditions.",
    "training_dataset": "internal_video_dataset_v4",
    "fairness_metrics": {"demographic_parity": 0.95, "equal_opportunity": 0.92},
    "owner": "ai-vision-team",
    "evaluation": [{"dataset": "calls", "task": "image-classification", "metrics": {"p95": 0.21}}],
}


def get(path):
    with urllib.request.urlopen(f"{URL}/api/governance/v1/models/{path}", timeout=30) as answer:
        text = answer.read().decode()
        return json.loads(text) if "json" in answer.headers["Content-Type"] else text


def reasons(name):
    request = urllib.request.Request(
        f"{URL}/api/governance/v1/models/{name}/versions/1/evaluate",
        data=b'{"stage": "Production"}',
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return [one["reason"] for one in json.load(answer)["violations"]]


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def trained():
    features = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], dtype=np.float32)
    model = LogisticRegression().fit(features, [0, 1, 1, 0])
    options = {id(model): {"zipmap": False}}
    return features, to_onnx(model, features[:1], options=options)


def log_onnx(name, **more):
    features, model = trained()
    with mlflow.start_run(experiment_id="0") as run:
        signature = infer_signature(features, {"label": np.array([0]), "probabilities": features})
        mlflow.onnx.log_model(
            model, name="model", signature=signature, pip_requirements=["onnx"], **more
        )
    return run.info.run_id


def onnx_is_verified():
    name = unique("onnx")
    log_onnx(name, registered_model_name=name)
    version = MlflowClient().get_model_version(name, "1")
    assert version.status == "READY", version
    assert version.tags["semver"] == "1.0.0"
    assert not {"ONNX_INVALID", "ONNX_REQUIRED"} & set(reasons(name))
    features, _ = trained()
    predicted = mlflow.pyfunc.load_model(f"models:/{name}/1.0.0").predict(features)
    assert list(predicted["label"]) == [0, 1, 1, 0]


def broken_onnx_fails():
    client, name = MlflowClient(), unique("broken")
    client.create_registered_model(name)
    run = client.create_run("0")
    _, model = trained()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "model.onnx")
        path.write_bytes(model.SerializeToString()[:-40])
        client.log_artifact(run.info.run_id, str(path), "model")
    try:
        client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    except MlflowException as failure:
        assert "FAILED_REGISTRATION" in str(failure), failure
        assert "ONNX_INVALID" in str(failure), failure
    else:
        raise AssertionError("A model that is cut off was registered")
    assert client.get_model_version(name, "1").status == "FAILED_REGISTRATION"
    assert "ONNX_INVALID" in reasons(name)


def cards_are_found():
    name = unique("in-mlmodel")
    card = {"name": name, "version": "1.0.0", **CARD}
    log_onnx(name, registered_model_name=name, metadata={"model_card": card})
    found = get(f"{name}/versions/1/card")
    assert (found["place"], found["problems"]) == ("mlmodel", []), found
    assert found["card"] == card

    client, name = MlflowClient(), unique("in-run")
    run_id = log_onnx(name)
    card = {"name": name, "version": "1.0.0", **CARD}
    client.log_text(run_id, json.dumps(card), "model/MODEL_CARD.json")
    uri = f"models:/{mlflow.search_logged_models(output_format='list')[0].model_id}"
    mlflow.register_model(uri, name)
    found = get(f"{name}/versions/1/card")
    assert (found["place"], found["problems"]) == ("run_artifact", []), found
    assert found["card"] == card


def hub_reads_a_card():
    client, name = MlflowClient(), unique("hub")
    log_onnx(name, registered_model_name=name)
    card = {"name": name, "version": "1.0.0", **CARD}
    client.set_model_version_tag(name, "1", "model_card", json.dumps(card))
    read = ModelCard(get(f"{name}/versions/1/card/huggingface"))
    assert read.data.model_name == name
    results = {(one.dataset_name, one.metric_name): one.metric_value for one in read.data.eval_results}
    assert results[("calls", "p95")] == 0.21
    assert ("not stated", "demographic_parity") in results
    assert read.data.to_dict()["model_card"]["owner"] == "ai-vision-team"


mlflow.set_tracking_uri(URL)
mlflow.set_registry_uri(URL)
for told in (onnx_is_verified, broken_onnx_fails, cards_are_found, hub_reads_a_card):
    told()
    print(told.__name__)
