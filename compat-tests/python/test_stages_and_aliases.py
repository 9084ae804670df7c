import pytest
from support import INVALID, MISSING, refused, unique


def stage_of(client, name, version):
    return client.get_model_version(name, str(version)).current_stage


def latest(client, name, stages=None):
    found = client.get_latest_versions(name, stages=stages)
    return {version.current_stage: int(version.version) for version in found}


@pytest.fixture
def model(client, run):
    """A fresh registered model with versions 1, 2 and 3."""
    name = unique("model")
    client.create_registered_model(name)
    for _ in range(3):
        client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    return name


def test_transition(client, model):
    moved = client.transition_model_version_stage(model, "1", "Staging")
    assert moved.current_stage == "Staging"
    assert stage_of(client, model, 1) == "Staging"
    assert stage_of(client, model, 2) == "None"
    client.transition_model_version_stage(model, "1", "None")
    assert stage_of(client, model, 1) == "None"


def test_stage_names_in_any_case(client, model):
    assert (
        client.transition_model_version_stage(model, "1", "production").current_stage
        == "Production"
    )


def test_archive_existing_versions(client, model):
    client.transition_model_version_stage(model, "1", "Production")
    client.transition_model_version_stage(model, "2", "Staging")
    client.transition_model_version_stage(model, "3", "Production", archive_existing_versions=True)
    stages = [stage_of(client, model, version) for version in (1, 2, 3)]
    assert stages == ["Archived", "Staging", "Production"]


def test_two_versions_may_share_a_stage(client, model):
    client.transition_model_version_stage(model, "1", "Production")
    client.transition_model_version_stage(model, "2", "Production")
    assert [stage_of(client, model, version) for version in (1, 2)] == ["Production"] * 2
    assert latest(client, model, ["Production"]) == {"Production": 2}


def test_archiving_again_leaves_the_version_itself(client, model):
    for _ in range(2):
        client.transition_model_version_stage(
            model, "1", "Staging", archive_existing_versions=True
        )
    assert stage_of(client, model, 1) == "Staging"


def test_a_transition_moves_the_timestamps(client, model):
    before = client.get_model_version(model, "1").last_updated_timestamp
    moved = client.transition_model_version_stage(model, "1", "Staging")
    assert moved.last_updated_timestamp >= before
    found = client.get_registered_model(model)
    assert found.last_updated_timestamp == moved.last_updated_timestamp


def test_bad_stages(client, model):
    message = (
        "Invalid Model Version stage: Shipped. "
        "Value must be one of None, Staging, Production, Archived."
    )
    with refused(INVALID, message):
        client.transition_model_version_stage(model, "1", "Shipped")
    with refused(INVALID, message):
        client.get_latest_versions(model, stages=["Shipped"])


def test_transition_of_what_is_absent(client, model):
    with refused(MISSING, f"Model Version (name={model}, version=9) not found"):
        client.transition_model_version_stage(model, "9", "Staging")
    name = unique("absent")
    with refused(MISSING):
        client.transition_model_version_stage(name, "1", "Staging")


def test_latest_versions(client, model):
    assert latest(client, model) == {"None": 3}
    client.transition_model_version_stage(model, "1", "Production")
    client.transition_model_version_stage(model, "2", "Staging")
    assert latest(client, model) == {"None": 3, "Production": 1, "Staging": 2}
    assert latest(client, model, ["Production"]) == {"Production": 1}
    assert latest(client, model, ["staging", "Archived"]) == {"Staging": 2}
    in_model = client.get_registered_model(model).latest_versions
    assert {v.current_stage: int(v.version) for v in in_model} == {
        "None": 3,
        "Production": 1,
        "Staging": 2,
    }


def test_latest_versions_of_an_absent_model(client):
    name = unique("absent")
    with refused(MISSING, f"Registered Model with name={name} not found"):
        client.get_latest_versions(name)


def test_aliases(client, model):
    client.set_registered_model_alias(model, "champion", "1")
    client.set_registered_model_alias(model, "Challenger-2", "3")
    client.set_registered_model_alias(model, "best", "3")
    found = client.get_registered_model(model).aliases
    assert {alias: int(version) for alias, version in found.items()} == {
        "champion": 1,
        "Challenger-2": 3,
        "best": 3,
    }
    assert client.get_model_version(model, "1").aliases == ["champion"]
    assert sorted(client.get_model_version(model, "3").aliases) == ["Challenger-2", "best"]
    assert client.get_model_version(model, "2").aliases == []


def test_an_alias_moves(client, model):
    client.set_registered_model_alias(model, "champion", "1")
    client.set_registered_model_alias(model, "champion", "2")
    assert int(client.get_model_version_by_alias(model, "champion").version) == 2
    assert client.get_model_version(model, "1").aliases == []


def test_get_by_alias(client, run, model):
    client.set_registered_model_alias(model, "champion", "2")
    found = client.get_model_version_by_alias(model, "champion")
    assert (found.name, int(found.version), found.run_id) == (model, 2, run.info.run_id)
    assert found.aliases == ["champion"]
    with refused(INVALID, "Registered model alias Champion not found."):
        client.get_model_version_by_alias(model, "Champion")


def test_delete_an_alias(client, model):
    client.set_registered_model_alias(model, "champion", "2")
    client.delete_registered_model_alias(model, "champion")
    client.delete_registered_model_alias(model, "champion")
    assert client.get_registered_model(model).aliases == {}
    with refused(INVALID, "Registered model alias champion not found."):
        client.get_model_version_by_alias(model, "champion")


def test_aliases_stay_through_a_transition(client, model):
    client.set_registered_model_alias(model, "champion", "2")
    client.transition_model_version_stage(model, "2", "Archived")
    assert client.get_model_version(model, "2").aliases == ["champion"]


def test_an_alias_of_an_absent_version(client, model):
    with refused(MISSING, f"Model Version (name={model}, version=9) not found"):
        client.set_registered_model_alias(model, "champion", "9")


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("a b", "Names may only contain alphanumerics, underscores (_), and dashes (-)."),
        ("latest", "'latest' alias name (case insensitive) is reserved."),
        ("v12", "Version alias name 'v12' is reserved."),
    ],
)
def test_bad_aliases(client, model, alias, words):
    with refused(INVALID) as caught:
        client.set_registered_model_alias(model, alias, "1")
    assert words in caught.value.message
    assert client.get_registered_model(model).aliases == {}
