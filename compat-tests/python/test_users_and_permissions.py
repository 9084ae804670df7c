"""Users, roles and permissions, by the client that each release of MLflow has for them."""

import pytest
from auth_server import ADMIN, PASSWORD, auth_server
from mlflow.server.auth.client import AuthServiceClient
from support import EXISTS, INVALID, MISSING, before_mlflow, refused, requires_mlflow, unique


@pytest.fixture(scope="module")
def auth_url(tmp_path_factory):
    with auth_server(tmp_path_factory.mktemp("auth")) as url:
        yield url


@pytest.fixture
def auth(auth_url, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", ADMIN)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    return AuthServiceClient(auth_url)


@pytest.fixture
def user(auth):
    return auth.create_user(unique("user"), "a long password").username


def test_an_account_is_made_seen_changed_and_deleted(auth):
    name = unique("user")
    user = auth.create_user(name, "a long password")
    assert (user.username, user.is_admin) == (name, False)
    assert auth.get_user(name).id == user.id
    auth.update_user_admin(name, True)
    assert auth.get_user(name).is_admin is True
    auth.update_user_password(name, "another long password")
    auth.delete_user(name)
    with refused(MISSING, f"User with username={name} not found"):
        auth.get_user(name)


def test_an_account_is_made_once_with_a_password_that_is_long_enough(auth, user):
    with refused(EXISTS, prefix=f"User (username={user}) already exists."):
        auth.create_user(user, "a long password")
    with refused(INVALID, "Password must be at least 12 characters."):
        auth.create_user(unique("user"), "short")


@before_mlflow("3.12")
def test_a_permission_on_an_experiment(auth, user):
    experiment = unique("7")
    made = auth.create_experiment_permission(experiment, user, "EDIT")
    assert (made.experiment_id, made.permission) == (experiment, "EDIT")
    auth.update_experiment_permission(experiment, user, "NO_PERMISSIONS")
    assert auth.get_experiment_permission(experiment, user).permission == "NO_PERMISSIONS"
    listed = [each.permission for each in auth.get_user(user).experiment_permissions]
    assert listed == ["NO_PERMISSIONS"]
    with refused(EXISTS):
        auth.create_experiment_permission(experiment, user, "READ")
    auth.delete_experiment_permission(experiment, user)
    with refused(MISSING):
        auth.get_experiment_permission(experiment, user)


@before_mlflow("3.12")
def test_a_permission_on_a_model(auth, user):
    model = unique("model")
    auth.create_registered_model_permission(model, user, "MANAGE")
    auth.update_registered_model_permission(model, user, "READ")
    assert auth.get_registered_model_permission(model, user).permission == "READ"
    assert [each.name for each in auth.get_user(user).registered_model_permissions] == [model]
    auth.delete_registered_model_permission(model, user)
    with refused(MISSING):
        auth.get_registered_model_permission(model, user)


@requires_mlflow("3.4")
@before_mlflow("3.12")
def test_a_permission_on_a_scorer(auth, user):
    scorer = ("7", unique("scorer"))
    made = auth.create_scorer_permission(*scorer, user, "READ")
    assert (made.experiment_id, made.scorer_name, made.permission) == (*scorer, "READ")
    auth.update_scorer_permission(*scorer, user, "MANAGE")
    assert auth.get_scorer_permission(*scorer, user).permission == "MANAGE"
    assert [each.scorer_name for each in auth.get_user(user).scorer_permissions] == [scorer[1]]
    auth.delete_scorer_permission(*scorer, user)
    with refused(MISSING):
        auth.get_scorer_permission(*scorer, user)


@requires_mlflow("3.11")
@before_mlflow("3.12")
@pytest.mark.parametrize("kind", ["secret", "endpoint", "model_definition"])
def test_a_permission_on_a_thing_of_the_gateway(auth, user, kind):
    do = lambda verb: getattr(auth, f"{verb}_gateway_{kind}_permission")  # noqa: E731
    thing = unique(kind)
    made = do("create")(thing, user, "USE")
    assert (getattr(made, f"{kind}_id"), made.permission) == (thing, "USE")
    with refused(EXISTS):
        do("create")(thing, user, "USE")
    do("update")(thing, user, "MANAGE")
    assert do("get")(thing, user).permission == "MANAGE"
    do("delete")(thing, user)
    with refused(MISSING):
        do("get")(thing, user)


@requires_mlflow("3.11")
@before_mlflow("3.12")
@pytest.mark.parametrize("permission", ["READ", "USE", "EDIT", "MANAGE", "NO_PERMISSIONS"])
def test_a_permission_on_the_workspace(auth, user, permission):
    made = auth.set_workspace_permission("default", user, permission)
    assert (made.workspace, made.permission) == ("default", permission)
    found = auth.list_user_workspace_permissions(user)
    assert [each.permission for each in found] == [permission]
    everybody = auth.list_workspace_permissions("default")
    assert [each.permission for each in everybody if each.user_id == made.user_id] == [permission]
    auth.delete_workspace_permission("default", user)
    assert auth.list_user_workspace_permissions(user) == []
    with refused(MISSING):
        auth.set_workspace_permission("nowhere", user, permission)


@requires_mlflow("3.12")
def test_a_role_with_permissions_and_users(auth, user):
    role = auth.create_role("default", unique("role"), "who reads")
    assert (role.workspace, role.description, role.permissions) == ("default", "who reads", [])
    auth.update_role(role.id, description="who edits")
    permission = auth.add_role_permission(role.id, "experiment", "*", "READ")
    auth.update_role_permission(permission.id, "EDIT")
    assert [each.permission for each in auth.list_role_permissions(role.id)] == ["EDIT"]
    assert auth.get_role(role.id).description == "who edits"
    assert role.id in [each.id for each in auth.list_roles("default")]
    assert role.id in [each.id for each in auth.list_all_roles()]
    auth.assign_role(user, role.id)
    assert [each.id for each in auth.list_user_roles(user)] == [role.id]
    assert [each.role_id for each in auth.list_role_users(role.id)] == [role.id]
    auth.unassign_role(user, role.id)
    auth.remove_role_permission(permission.id)
    auth.delete_role(role.id)
    with refused(MISSING, f"Role with id={role.id} not found"):
        auth.get_role(role.id)


@requires_mlflow("3.12")
def test_a_permission_of_one_user(auth, user):
    thing = (user, "prompt", unique("prompt"))
    auth.grant_user_permission(*thing, "EDIT")
    with refused(EXISTS):
        auth.grant_user_permission(*thing, "READ")
    found = auth.get_user_permission(*thing)
    assert (found.allowed, found.permission) == (True, "EDIT")
    auth.revoke_user_permission(*thing)
    with refused(MISSING):
        auth.revoke_user_permission(*thing)
