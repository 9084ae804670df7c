"""The commands of docs/governance.md run as they stand."""

import contextlib
import io
import pathlib
import re

from auth_server import auth_server
from governance_support import Person
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "governance.md"


class SignedIn:
    """A client that signs in as one person before each of its calls."""

    def __init__(self, person, monkeypatch):
        self.person = person
        self.monkeypatch = monkeypatch

    def __getattr__(self, name):
        client: MlflowClient = self.person.client(self.monkeypatch)
        return getattr(client, name)


def test_the_flow_from_training_to_production(tmp_path, monkeypatch):
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    wanted = re.findall(r"print\(.*#\s(\S+)$", "\n".join(blocks), re.MULTILINE)
    said = io.StringIO()
    with auth_server(tmp_path) as url:
        names = {
            "ds": SignedIn(Person(url, "data-scientist"), monkeypatch),
            "lead": SignedIn(Person(url, "lead"), monkeypatch),
            **{"Dataset": Dataset, "DatasetInput": DatasetInput, "InputTag": InputTag},
            "MlflowException": MlflowException,
        }
        with contextlib.redirect_stdout(said):
            for block in blocks:
                exec(compile(block, str(DOCUMENT), "exec"), names)  # noqa: S102
    printed = [line for line in said.getvalue().splitlines() if re.fullmatch(r"\w+", line)]
    assert printed == wanted == ["MODEL_CARD_REQUIRED", "APPROVAL_REQUIRED", "Production"]
