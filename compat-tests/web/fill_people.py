"""Fills a server that asks for sign-in with models that people decide about; prints what it made as JSON."""

import hashlib
import json
import os
import sys
import urllib.request
from base64 import b64encode

import mlflow
import mlflow.onnx
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

URL, PASSWORD = sys.argv[1], sys.argv[2]
IS_HOSTILE = "hostile" in sys.argv[3:]
mlflow.set_tracking_uri(URL)

HOSTILE = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>"
HOSTILE_NAME = "<img src=x onerror=window.hacked=1>"
HOSTILE_NOTE = (
    "# A note\n\n<script>window.hacked = 1</script>\n\n"
    "[click](javascript:window.hacked=1) ![spy](https://elsewhere.example/spy.png)\n\n" + HOSTILE
)


def as_user(name):
    os.environ["MLFLOW_TRACKING_USERNAME"] = name
    os.environ["MLFLOW_TRACKING_PASSWORD"] = PASSWORD
    return MlflowClient()


def post(user, path, body, method="POST"):
    request = urllib.request.Request(
        f"{URL}/api/{path}",
        data=json.dumps(body).encode(),
        method=method,
        headers={
            "Content-Type": "application/json",
            "Authorization": "Basic " + b64encode(f"{user}:{PASSWORD}".encode()).decode(),
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def card(name, version, owner="credit-team", use="Scoring applications of private customers."):
    return json.dumps(
        {
            "name": name,
            "version": version,
            "intended_use": use,
            "limitations": "Trained on customers of two countries; not for companies.",
            "training_dataset": "applications_2026_q3",
            "fairness_metrics": {"demographic_parity": 0.95, "equal_opportunity": 0.92},
            "owner": owner,
        }
    )


def evidence(client, run_id, seed):
    client.set_tag(run_id, "mlflow.source.git.commit", hashlib.sha1(str(seed).encode()).hexdigest())
    client.set_tag(run_id, "data_contract.uri", "https://contracts.example.org/applications/4")
    client.log_param(run_id, "C", seed)
    client.log_metric(run_id, "auc", 0.81 + seed / 100)
    client.log_metric(run_id, "latency_p95", 0.21)
    client.log_metric(run_id, "latency_p99", 0.38)
    inputs = [("applications_2026_q3", "a94a8fe5"), ("bureau_scores", "de9f2c7f")]
    client.log_inputs(
        run_id,
        [
            DatasetInput(
                Dataset(name=name, digest=f"{digest}{seed}", source_type="local", source=f"{name}.parquet"),
                [InputTag("mlflow.data.context", "training")],
            )
            for name, digest in inputs
        ],
    )


def promoted(name, version):
    """Asked for by the data scientist, agreed to by the lead: by the client's own call."""
    try:
        as_user("ada").transition_model_version_stage(name, version, "Production", True)
        raise SystemExit("one person alone has promoted a version")
    except MlflowException as refusal:
        assert refusal.json["error_class"] == "APPROVAL_REQUIRED", refusal
    as_user("lena").transition_model_version_stage(name, version, "Production", True)


def share(name):
    """Leads may edit the model; a lead of all models is a matter of roles."""
    for user in ("lena", "vera", "oliver"):
        permission = {"name": name, "username": user, "permission": "EDIT" if user != "vera" else "READ"}
        post("admin", "2.0/mlflow/registered-models/permissions/create", permission)


def small(experiment, name, seed, **more):
    """A version whose files are a line of text, with everything that the gate asks for."""
    client = as_user("ada")
    run = client.create_run(experiment, run_name=f"{name}-{seed}")
    run_id = run.info.run_id
    client.log_text(run_id, f"weights {name} {seed}", "model/weights.txt")
    evidence(client, run_id, seed)
    client.set_terminated(run_id)
    version = client.create_model_version(name, f"{run.info.artifact_uri}/model", run_id, **more).version
    return version, run_id


def scored(experiment, seed, names):
    """A version of the model that the pictures show: ONNX, with a signature."""
    client = as_user("ada")
    frame = pd.DataFrame(np.eye(len(names), dtype=np.float32) * seed, columns=names)
    values = frame.to_numpy(dtype=np.float32)
    model = LogisticRegression(C=seed).fit(values, [i % 2 for i in range(len(names))])
    onnx = to_onnx(model, values[:1], options={id(model): {"zipmap": False}})
    signature = infer_signature(values, {"label": np.array([0]), "probabilities": values[:, :2]})
    with mlflow.start_run(experiment_id=experiment, run_name=f"logistic-{seed}") as run:
        evidence(client, run.info.run_id, seed)
        mlflow.onnx.log_model(
            onnx, name="model", signature=signature, pip_requirements=["onnx"], registered_model_name="credit-risk"
        )
    return str(len(client.search_model_versions("name = 'credit-risk'")))


def credit_risk(experiment):
    columns = ["income", "debt", "age"]
    for seed in (1, 2):
        version = scored(experiment, seed, columns)
        if seed == 1:
            share("credit-risk")
        client = as_user("ada")
        client.set_model_version_tag("credit-risk", version, "model_card", card("credit-risk", version))
        client.transition_model_version_stage("credit-risk", version, "Staging")
        promoted("credit-risk", version)
    third = scored(experiment, 3, [*columns, "tenure"])
    client = as_user("ada")
    client.update_model_version("credit-risk", third, "Adds **tenure**; AUC is up by *one point*.")
    client.set_model_version_tag("credit-risk", third, "reviewed-by", "risk office")
    client.transition_model_version_stage("credit-risk", third, "Staging")
    client.update_registered_model("credit-risk", description="Whether an application is **likely** to be paid back.")
    as_user("lena").set_registered_model_alias("credit-risk", "champion", "2")
    as_user("ada").set_registered_model_alias("credit-risk", "candidate", third)
    as_user("scoring-service")
    for _ in range(2):
        mlflow.artifacts.download_artifacts("models:/credit-risk/Production")


def asked_for(experiment, name, seed=1, comment="AUC is 0.82; the card was read by the risk office."):
    as_user("ada").create_registered_model(name)
    share(name)
    version, _ = small(experiment, name, seed)
    as_user("ada").set_model_version_tag(name, version, "model_card", card(name, version))
    post("ada", "governance/v1/requests", {"name": name, "version": version, "stage": "Production", "comment": comment})


def served(experiment, name):
    """Two versions that have been in Production, one after the other."""
    as_user("ada").create_registered_model(name)
    share(name)
    for seed in (1, 2):
        version, _ = small(experiment, name, seed)
        as_user("ada").set_model_version_tag(name, version, "model_card", card(name, version))
        promoted(name, version)


def emergency(experiment, name):
    as_user("ada").create_registered_model(name)
    share(name)
    small(experiment, name, 1)
    reason = {"reason": "The live model declines every application.", "ticket": "INC-2041", "minutes": 30}
    post("oliver", "governance/v1/break-glass", {"model": name, **reason})
    as_user("oliver").transition_model_version_stage(name, "1", "Production")


def hostile(experiment):
    name = HOSTILE_NAME
    client = as_user("ada")
    client.create_registered_model(name, description=HOSTILE_NOTE, tags={"tag": HOSTILE})
    share(name)
    version, run_id = small(experiment, name, 1, description=HOSTILE_NOTE, tags={"tag": HOSTILE})
    client.set_tag(run_id, "mlflow.runName", HOSTILE)
    dataset = Dataset(name=HOSTILE, digest="<b>", source_type=HOSTILE, source="javascript:window.hacked=1")
    client.log_inputs(run_id, [DatasetInput(dataset, [])])
    client.set_model_version_tag(name, version, "model_card", card(name, version, HOSTILE, HOSTILE_NOTE))
    request = {"name": name, "version": version, "stage": "Production", "comment": HOSTILE}
    post("ada", "governance/v1/requests", request)
    post("lena", "2.0/mlflow/comments/create", {"name": name, "version": version, "comment": HOSTILE})
    glass = {"model": name, "reason": HOSTILE, "ticket": "javascript:window.hacked=1"}
    post("oliver", "governance/v1/break-glass", glass)
    as_user("scoring-service").get_model_version_download_uri(name, "1")


def main():
    experiment = as_user("ada").create_experiment("credit")
    credit_risk(experiment)
    for name in ("churn", "limits"):
        asked_for(experiment, name, 1)
    asked_for(experiment, "by-keyboard", 1, "Decide without a mouse.")
    served(experiment, "pricing")
    emergency(experiment, "fraud")
    if IS_HOSTILE:
        hostile(experiment)
    try:
        as_user("ada").transition_model_version_stage("credit-risk", "3", "Production")
    except MlflowException:
        pass
    print(json.dumps({"experiment": experiment, "hostile": HOSTILE_NAME}))


main()
