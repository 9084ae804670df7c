"""A server that asks callers to sign in, for the tests that are about who may do what."""

import contextlib
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

ADMIN = "admin"
PASSWORD = "the password of the admin"
PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "bin" / "runledger.mjs"
START_SECONDS = 60


@contextlib.contextmanager
def auth_server(folder):
    """Yields the URL of a server of its own over a fresh database, or of the one that is given."""
    given = os.environ.get("RUNLEDGER_COMPAT_AUTH_URL")
    if given:
        yield given
        return
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "a key of tests",
        # Receivers of webhooks are on this machine.
        "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
        "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    }
    command = [
        *["node", PROGRAM, "server", "--app-name", "basic-auth", "--port", str(port)],
        *["--backend-store-uri", f"sqlite:///{folder}/users.db"],
        *["--artifacts-destination", f"{folder}/artifacts"],
    ]
    with open(f"{folder}/server.log", "wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        wait_for(url, process, folder)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(url, process, folder):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.1)
    raise AssertionError(pathlib.Path(folder, "server.log").read_text(encoding="utf-8"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
