import re

import environment

environment.apply()

import mlflow  # noqa: E402
import pytest  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.tracking._tracking_service import utils as tracking  # noqa: E402
from support import URL, VERSION, parse_version, unique  # noqa: E402


FILE_REQUIRES = re.compile(r'^pytestmark = \[?requires_mlflow\("([\d.]+)"\)', re.MULTILINE)


def pytest_ignore_collect(collection_path):
    """A file about what a client is too old for imports names that this client lacks."""
    if collection_path.suffix != ".py":
        return None
    required = FILE_REQUIRES.search(collection_path.read_text(encoding="utf-8"))
    if required and parse_version(required.group(1)) > VERSION:
        return True
    return None


def pytest_collection_modifyitems(config, items):
    kept, dropped = [], []
    for item in items:
        (kept if suits_this_client(item) else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def suits_this_client(item):
    oldest = [parse_version(mark.args[0]) for mark in item.iter_markers("requires_mlflow")]
    newest = [parse_version(mark.args[0]) for mark in item.iter_markers("before_mlflow")]
    return all(VERSION >= bound for bound in oldest) and all(VERSION < bound for bound in newest)


def pytest_report_header(config):
    return f"mlflow {mlflow.__version__}"


@pytest.fixture(scope="session", autouse=True)
def no_traces():
    """No client may send traces, but in the suites about them, which turn them on."""
    if hasattr(mlflow, "tracing"):
        mlflow.tracing.disable()


@pytest.fixture(autouse=True, scope="module")
def nothing_left_to_the_next_suite():
    """Suites with servers of their own point the client at them, and it has no way to forget."""
    yield
    tracking._tracking_uri = None
    environment.apply()
    mlflow.set_registry_uri("")


@pytest.fixture(autouse=True)
def no_run_left_open():
    yield
    while mlflow.active_run() is not None:
        mlflow.end_run("KILLED")


@pytest.fixture(scope="session")
def client():
    return MlflowClient(tracking_uri=URL)


@pytest.fixture
def experiment(client):
    """The id of a fresh experiment, which is also the one fluent calls log to."""
    return mlflow.set_experiment(unique("experiment")).experiment_id


@pytest.fixture
def run(client, experiment):
    """A fresh run, left RUNNING."""
    return client.create_run(experiment)


@pytest.fixture
def run_id(run):
    return run.info.run_id
