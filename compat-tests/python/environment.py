"""Settings of the client. They must stand before mlflow is imported."""

import os
import sys

SETTINGS = {
    "MLFLOW_TRACKING_URI": os.environ.get("RUNLEDGER_COMPAT_URL", "").rstrip("/"),
    # A server that answers 500 should fail a test at once, not after minutes of retries.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
}

# What the caller's own shell may have set for another server.
FOREIGN = (
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_RUN_ID",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
)


def apply():
    if not SETTINGS["MLFLOW_TRACKING_URI"]:
        sys.exit("RUNLEDGER_COMPAT_URL must name the server under test")
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ.update(SETTINGS)
