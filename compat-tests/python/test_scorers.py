import pytest
from support import MISSING, refused, requires_mlflow

pytestmark = requires_mlflow("3.11")

NEWEST = "openai:/gpt-4o-mini"


@pytest.fixture
def store():
    """The calls that `register` and its kin make, without the checks of a model's key."""
    from mlflow.tracking._tracking_service.utils import _get_store

    return _get_store()


def judge(name, text, model=NEWEST):
    """A scorer that a language model would have to run; nobody does."""
    from mlflow.genai.judges import make_judge

    return make_judge(name=name, instructions=text, model=model)


def test_register_and_get(experiment):
    from mlflow.genai.scorers import get_scorer, list_scorers

    judge("polite", "Is {{ outputs }} polite?").register(experiment_id=experiment)
    judge("polite", "Is {{ outputs }} very polite?").register(experiment_id=experiment)
    judge("brief", "Is {{ outputs }} brief?").register(experiment_id=experiment)
    names = sorted(each.name for each in list_scorers(experiment_id=experiment))
    assert names == ["brief", "polite"]
    newest = get_scorer(name="polite", experiment_id=experiment)
    assert newest.instructions == "Is {{ outputs }} very polite?"
    oldest = get_scorer(name="polite", experiment_id=experiment, version=1)
    assert oldest.instructions == "Is {{ outputs }} polite?"


def test_versions(experiment, store):
    from mlflow.genai.scorers.registry import list_scorer_versions

    for number in range(3):
        judge("q", f"Is {{{{ outputs }}}} good? {number}").register(experiment_id=experiment)
    versions = list_scorer_versions(name="q", experiment_id=experiment)
    assert [version for _, version in versions] == [1, 2, 3]
    (newest,) = store.list_scorers(experiment)
    assert (newest.scorer_name, newest.scorer_version) == ("q", 3)
    assert newest.creation_time > 0
    assert newest.scorer_id == store.get_scorer(experiment, "q", 1).scorer_id


def test_a_builtin_scorer(experiment):
    from mlflow.genai.scorers import RelevanceToQuery, get_scorer

    RelevanceToQuery(model=NEWEST).register(name="relevant", experiment_id=experiment)
    assert get_scorer(name="relevant", experiment_id=experiment).model == NEWEST


def test_delete(experiment):
    from mlflow.genai.scorers import delete_scorer, get_scorer

    for _ in range(3):
        judge("q", "Is {{ outputs }} good?").register(experiment_id=experiment)
    delete_scorer(name="q", experiment_id=experiment, version=3)
    get_scorer(name="q", experiment_id=experiment, version=2)
    with refused(MISSING, f"Scorer with name 'q' and version 3 not found for experiment {experiment}."):
        get_scorer(name="q", experiment_id=experiment, version=3)
    delete_scorer(name="q", experiment_id=experiment, version="all")
    with refused(MISSING, f"Scorer with name 'q' not found for experiment {experiment}."):
        get_scorer(name="q", experiment_id=experiment)


def test_a_gateway_that_is_not_there(experiment):
    with refused(MISSING, "GatewayEndpoint not found (name='e')"):
        judge("q", "Is {{ outputs }} good?", "gateway:/e").register(experiment_id=experiment)


def test_code_is_refused(experiment, store):
    with refused("INVALID_PARAMETER_VALUE"):
        store.register_scorer(experiment, "q", '{"call_source": "return 1"}')


def test_online_scoring_needs_a_gateway(experiment, store):
    judge("q", "Is {{ outputs }} good?").register(experiment_id=experiment)
    scorer_id = store.get_scorer(experiment, "q").scorer_id
    assert store.get_online_scoring_configs([scorer_id]) == []
    off = store.upsert_online_scoring_config(experiment, "q", 0.0, "status = 'OK'")
    assert (off.scorer_id, off.sample_rate, off.filter_string) == (scorer_id, 0.0, "status = 'OK'")
    (shown,) = store.get_online_scoring_configs([scorer_id, "none"])
    assert shown == off
    with refused("INVALID_PARAMETER_VALUE", prefix="Scorer 'q' does not use a gateway model."):
        store.upsert_online_scoring_config(experiment, "q", 0.5)
