"""Permissions on registered models, driven by the Databricks SDK."""

import time

import mlflow
import pytest
from auth_server import ADMIN, PASSWORD, auth_server
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, NotFound, PermissionDenied
from databricks.sdk.service.ml import RegisteredModelAccessControlRequest as Entry
from databricks.sdk.service.ml import RegisteredModelPermissionLevel as Level
from governance_support import SECRET, Person, attach_card, call, role_id, trained_version
from support import requires_mlflow, unique

pytestmark = requires_mlflow("3.17")

PRODUCTION = Level.CAN_MANAGE_PRODUCTION_VERSIONS
STAGING = Level.CAN_MANAGE_STAGING_VERSIONS


@pytest.fixture(scope="module")
def governed(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("permissions")) as url:
        yield url


def registry_of(url, who):
    status, body = call(
        url, "/api/runledger/v1/tokens", who, name=unique("token"), scopes=["admin"]
    )
    assert status == 200, body
    return WorkspaceClient(host=url, token=body["token"], auth_type="pat").model_registry


@pytest.fixture(scope="module")
def admin(governed):
    return registry_of(governed, (ADMIN, PASSWORD))


@pytest.fixture
def owner(governed):
    return Person(governed)


@pytest.fixture
def person(governed):
    return Person(governed)


@pytest.fixture
def model(governed, owner, admin, monkeypatch):
    """The name and the id of a model with one version that may be promoted."""
    client = owner.client(monkeypatch)
    name = unique("model")
    client.create_registered_model(name)
    attach_card(client, name, trained_version(client, name))
    return name, admin.get_model(name).registered_model_databricks.id


def levels_of(answer, **who):
    ((key, name),) = who.items()
    found = [each for each in answer.access_control_list or [] if getattr(each, key) == name]
    return [one.permission_level for each in found for one in each.all_permissions]


def test_the_levels_are_told(admin, model):
    told = admin.get_permission_levels(model[1]).permission_levels
    assert [each.permission_level for each in told] == [
        *[Level.CAN_READ, Level.CAN_EDIT, STAGING],
        *[PRODUCTION, Level.CAN_MANAGE],
    ]
    assert all(each.description for each in told)


def test_who_makes_a_model_manages_it_and_may_not_promote_it(governed, admin, owner, model):
    name, key = model
    seen = admin.get_permissions(key)
    assert (seen.object_id, seen.object_type) == (f"/registered-models/{key}", "registered-model")
    assert levels_of(seen, user_name=owner.name) == [Level.CAN_MANAGE]
    assert PRODUCTION in levels_of(seen, group_name="lead")
    own = registry_of(governed, (owner.name, SECRET))
    shown = own.get_model(name).registered_model_databricks
    assert shown.permission_level.value == "CAN_MANAGE"
    with pytest.raises(PermissionDenied, match="administrators"):
        own.update_permissions(
            key, access_control_list=[Entry(user_name=owner.name, permission_level=PRODUCTION)]
        )
    assert levels_of(own.get_permissions(key), user_name=owner.name) == [Level.CAN_MANAGE]


def test_levels_let_do_what_they_say_and_are_gone_when_they_are_taken(
    governed, admin, owner, person, model, monkeypatch
):
    name, key = model
    client = person.client(monkeypatch)
    give = lambda level: admin.update_permissions(  # noqa: E731
        key, access_control_list=[Entry(user_name=person.name, permission_level=level)]
    )

    def refused(work):
        with pytest.raises(mlflow.MlflowException) as caught:
            work()
        assert caught.value.error_code == "PERMISSION_DENIED", caught.value

    move = lambda stage: client.transition_model_version_stage(name, "1", stage)  # noqa: E731
    given = give(Level.CAN_READ)
    assert levels_of(given, user_name=person.name) == [Level.CAN_READ]
    assert levels_of(given, user_name=owner.name) == [Level.CAN_MANAGE]
    refused(lambda: move("Staging"))
    give(Level.CAN_EDIT)
    client.update_model_version(name, "1", "a description")
    give(STAGING)
    assert move("Staging").current_stage == "Staging"
    own = registry_of(governed, (person.name, SECRET))
    shown = own.get_model(name).registered_model_databricks
    assert shown.permission_level.value == STAGING.value
    give(PRODUCTION)
    assert move("Production").current_stage == "Production"
    refused(lambda: client.delete_registered_model(name))
    give(STAGING)
    time.sleep(2)
    refused(lambda: move("Staging"))

    admin.set_permissions(
        key, access_control_list=[Entry(user_name=owner.name, permission_level=Level.CAN_MANAGE)]
    )
    time.sleep(2)
    refused(lambda: move("Archived"))
    assert levels_of(admin.get_permissions(key), user_name=person.name) == []


def test_a_group_is_a_role(governed, admin, person, model, monkeypatch):
    name, key = model
    team = unique("team")
    role_id(governed, team)
    client = person.client(monkeypatch)
    given = admin.update_permissions(
        key, access_control_list=[Entry(group_name=team, permission_level=PRODUCTION)]
    )
    assert PRODUCTION in levels_of(given, group_name=team)
    assigned = {"username": person.name, "role_id": role_id(governed, team)}
    status, body = call(governed, "/api/3.0/mlflow/roles/assign", **assigned)
    assert status == 200, body
    time.sleep(2)
    moved = client.transition_model_version_stage(name, "1", "Production")
    assert moved.current_stage == "Production"


def test_a_service_has_an_account(admin, person, model):
    entry = Entry(service_principal_name=person.name, permission_level=Level.CAN_READ)
    given = admin.update_permissions(model[1], access_control_list=[entry])
    assert levels_of(given, user_name=person.name) == [Level.CAN_READ]


def test_what_can_not_be_is_refused_and_changes_nothing(governed, admin, person, model):
    _, key = model
    before = admin.get_permissions(key).as_dict()
    good = Entry(user_name=person.name, permission_level=Level.CAN_READ)
    for bad, error in [
        (Entry(user_name="nobody at all", permission_level=Level.CAN_READ), NotFound),
        (Entry(group_name="no such role", permission_level=Level.CAN_READ), NotFound),
        (Entry(permission_level=Level.CAN_READ), InvalidParameterValue),
        (Entry(user_name=person.name), InvalidParameterValue),
    ]:
        with pytest.raises(error):
            admin.set_permissions(key, access_control_list=[good, bad])
    with pytest.raises(NotFound):
        admin.get_permissions("987654321")
    other = registry_of(governed, (person.name, SECRET))
    with pytest.raises(PermissionDenied):
        other.set_permissions(key, access_control_list=[])
    assert admin.get_permissions(key).as_dict() == before


def test_changes_are_in_the_audit_log(governed, admin, person, model):
    name, key = model
    admin.update_permissions(
        key, access_control_list=[Entry(user_name=person.name, permission_level=PRODUCTION)]
    )
    admin.set_permissions(key, access_control_list=[])
    path = f"/api/governance/v1/audit?object_id={name}"
    _, found = call(governed, path, method="GET")
    entries = [each["entry"] for each in found["entries"]]
    last, first = [one for one in entries if one["action"].endswith("_permissions")]
    assert first["action"] == "registered_model.update_permissions"
    line = {"user": person.name, "levels": ["CAN_MANAGE_PRODUCTION_VERSIONS"]}
    assert line in first["after"] and line not in first["before"]
    assert last["action"] == "registered_model.set_permissions"
    assert line in last["before"] and last["after"] == []
