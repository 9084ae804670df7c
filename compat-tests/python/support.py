"""What the suites share: unique names, version markers, expected refusals."""

import contextlib
import os
import uuid

import mlflow
import pytest
from mlflow.exceptions import MlflowException

URL = os.environ["RUNLEDGER_COMPAT_URL"].rstrip("/")
VERSION = tuple(int(part) for part in mlflow.__version__.split(".")[:3])

INVALID = "INVALID_PARAMETER_VALUE"
MISSING = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"


def unique(prefix):
    """A name that no other test, run or client has used on this server."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def parse_version(text):
    return tuple(int(part) for part in text.split("."))


def requires_mlflow(version):
    """Deselects the test for clients older than `version`."""
    return pytest.mark.requires_mlflow(version)


def before_mlflow(version):
    """Deselects the test for clients of `version` and newer."""
    return pytest.mark.before_mlflow(version)


@contextlib.contextmanager
def refused(error_code, message=None, prefix=None):
    """The client must raise this error code, with exactly this message (or one that begins so)."""
    with pytest.raises(MlflowException) as caught:
        yield caught
    error = caught.value
    assert error.error_code == error_code, str(error)
    # Clients put the code before the server's own words.
    text = error.message.removeprefix(f"{error_code}: ")
    if message is not None:
        assert text == message
    if prefix is not None:
        assert text.startswith(prefix), text


def names(items):
    return [item.name for item in items]


def run_names(runs):
    return [run.info.run_name for run in runs]


def tree(root):
    """The files under a local folder, as sorted POSIX paths."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
