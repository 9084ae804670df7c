"""What the subjects share."""

import contextlib
import threading

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

VERSION = tuple(int(part) for part in mlflow.__version__.split(".")[:3])
#: Far enough from today to be told apart from times that servers make.
TIME = 1_700_000_000_000


class Teller:
    def __init__(self, token, url):
        self.token = token
        self.client = MlflowClient(tracking_uri=url, registry_uri=url)
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)

    def name(self, text):
        return f"golden-{self.token}-{text}"

    def since(self, *version):
        return VERSION >= version

    @contextlib.contextmanager
    def refused(self):
        """The server refuses what is done here; its answer is part of the record."""
        try:
            yield
        except MlflowException:
            return
        raise AssertionError("this should have been refused")

    def settle(self):
        """Waits for what the client sends in the background, so that the order is always the same."""
        for thread in threading.enumerate():
            if thread.name.startswith("link_prompt"):
                thread.join()

    def experiment(self, text):
        return self.client.create_experiment(self.name(text))

    def run(self, experiment_id, name, **tags):
        run = self.client.create_run(
            experiment_id, start_time=TIME, run_name=name, tags=tags or None
        )
        return run.info.run_id


def walk(search, **options):
    """Every page of a search."""
    token = None
    while True:
        page = search(page_token=token, **options)
        token = page.token
        if not token:
            return
