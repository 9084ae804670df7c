"""Tells the golden story: the same calls of the public client, whatever the version.

    python main.py TOKEN SUBJECT=URL ...

Each subject is told to a server of its own URL, so that their traffic can be told apart. The token
makes names unique on a server that holds other data.
"""

import importlib
import os
import sys
import tempfile

SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    # What is sent in the background would come in any order.
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "LOGNAME": "golden",
    "OMP_NUM_THREADS": "1",
}


def main(token, subjects):
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        del os.environ[name]
    os.environ.update(SETTINGS)
    # Otherwise the folder of this file, and its commit, would be logged.
    sys.argv[0] = "story"
    os.chdir(tempfile.mkdtemp())
    from teller import Teller

    for subject in subjects:
        name, url = subject.split("=", 1)
        importlib.import_module(f"subjects.{name}").tell(Teller(token, url))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
