"""Prompts: registered, found, loaded by number, by alias and by URI, tagged and deleted."""

import json
import threading

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from support import EXISTS, VERSION, before_mlflow, names, refused, requires_mlflow, unique

pytestmark = requires_mlflow("2.22")

#: Where the functions about prompts are.
api = mlflow.genai if VERSION >= (3, 0) else mlflow
TEXT = "Answer {{question}} in {{language}}."
CHAT = [
    {"role": "system", "content": "You speak {{language}}."},
    {"role": "user", "content": "{{question}}"},
]
FORMAT = {"type": "object", "properties": {"answer": {"type": "string"}}}


@pytest.fixture(autouse=True)
def nothing_in_the_background():
    """Newer clients link a prompt to an experiment in a thread of its own."""
    yield
    settle()


def settle():
    for thread in threading.enumerate():
        if thread.name.startswith("link_prompt"):
            thread.join()


def load(uri, version=None):
    """Past the cache that newer clients have."""
    options = {"cache_ttl_seconds": 0} if VERSION >= (3, 11) else {}
    return api.load_prompt(uri, version=version, **options)


def register(name, template=TEXT, **options):
    prompt = api.register_prompt(name=name, template=template, **options)
    settle()
    return prompt


def number(prompt):
    """Of its version, which 2.22 hands over as it came."""
    return int(prompt.version)


@pytest.fixture
def prompt():
    return register(unique("prompt"), commit_message="first words", tags={"team": "a"})


def test_a_registered_prompt_is_version_one(prompt):
    assert (number(prompt), prompt.template) == (1, TEXT)
    assert prompt.commit_message == "first words"
    assert prompt.uri == f"prompts:/{prompt.name}/1"
    assert prompt.variables == {"question", "language"}


def test_a_prompt_is_loaded_by_number_and_by_uri(prompt):
    register(prompt.name, "Second: {{question}}")
    assert load(prompt.name, version=1).template == TEXT
    assert load(f"prompts:/{prompt.name}/1").template == TEXT
    second = load(f"prompts:/{prompt.name}/2")
    assert (number(second), second.template) == (2, "Second: {{question}}")
    assert second.format(question="Why?") == "Second: Why?"


@requires_mlflow("3.11")
def test_without_a_number_the_newest_version_is_loaded(prompt):
    register(prompt.name, "Second")
    assert load(prompt.name).template == "Second"
    assert load(f"prompts:/{prompt.name}@latest").version == 2


def test_words_of_any_script_come_back_as_they_were():
    text = "Sag „{{was}}“ 日本語 😀\n\ttwice: 'x' \"y\" \\ {{ was }}"
    name = unique("prompt")
    register(name, text)
    assert load(name, version=1).template == text


def test_long_prompts_come_back_whole():
    text = "word " * 15_000
    name = unique("prompt")
    register(name, text)
    assert load(name, version=1).template == text


def test_an_alias_leads_to_a_version_and_moves(prompt):
    register(prompt.name, "Second")
    api.set_prompt_alias(prompt.name, "live", 1)
    assert number(load(f"prompts:/{prompt.name}@live")) == 1
    api.set_prompt_alias(prompt.name, "live", 2)
    found = load(f"prompts:/{prompt.name}@live")
    assert (number(found), found.template) == (2, "Second")
    api.delete_prompt_alias(prompt.name, "live")
    with pytest.raises(MlflowException):
        load(f"prompts:/{prompt.name}@live")


def test_a_prompt_that_is_not_there_is_missing():
    with pytest.raises(MlflowException):
        load(unique("none"), version=1)


@requires_mlflow("3.0")
def test_what_may_be_missing_is_none(prompt):
    assert api.load_prompt(unique("none"), version=1, allow_missing=True) is None
    assert api.load_prompt(f"prompts:/{prompt.name}/9", allow_missing=True) is None


def test_a_prompt_is_no_registered_model(client, prompt):
    named = f"name = '{prompt.name}'"
    assert client.search_registered_models(named) == []
    assert client.search_model_versions(named) == []
    with refused(EXISTS):
        client.create_registered_model(prompt.name)


def test_a_registered_model_is_no_prompt(client):
    name = client.create_registered_model(unique("model")).name
    with pytest.raises(MlflowException):
        register(name)


def test_a_prompt_is_found_beside_models(client, prompt):
    found = client.search_registered_models(
        f"name = '{prompt.name}' AND tags.`mlflow.prompt.is_prompt` = 'true'"
    )
    assert names(found) == [prompt.name]


@before_mlflow("3.0")
def test_a_version_is_deleted(client, prompt):
    register(prompt.name, "Second")
    api.delete_prompt(prompt.name, 1)
    with pytest.raises(MlflowException):
        load(prompt.name, version=1)
    assert load(prompt.name, version=2).template == "Second"


@before_mlflow("3.0")
def test_a_prompt_is_logged_with_a_run(client, prompt, run_id):
    client.log_prompt(run_id, prompt.uri)
    assert names(client.list_logged_prompts(run_id)) == [prompt.name]
    client.detach_prompt_from_run(run_id, prompt.uri)
    assert list(client.list_logged_prompts(run_id)) == []


@requires_mlflow("3.0")
class TestSinceMlflow3:
    def test_prompts_are_searched(self, prompt):
        assert names(api.search_prompts(f"name = '{prompt.name}'")) == [prompt.name]
        like = f"name LIKE '{prompt.name[:-1]}%' AND tags.team = 'a'"
        assert names(api.search_prompts(like)) == [prompt.name]
        assert list(api.search_prompts(f"name = '{prompt.name}' AND tags.team = 'b'")) == []
        assert list(api.search_prompts(f"name = '{unique('none')}'")) == []

    def test_prompts_are_paged(self, client):
        family = unique("paged")
        made = [register(f"{family}-{number}").name for number in range(3)]
        found, token = [], None
        while True:
            page = client.search_prompts(f"name LIKE '{family}%'", max_results=2, page_token=token)
            found += names(page)
            token = page.token
            if not token:
                break
        assert sorted(found) == made

    def test_a_prompt_has_a_description_and_tags(self, client):
        name = unique("prompt")
        client.create_prompt(name, description="words", tags={"team": "a"})
        client.set_prompt_tag(name, "note", "x")
        found = client.get_prompt(name)
        assert (found.name, found.description) == (name, "words")
        assert found.tags == {"team": "a", "note": "x"}
        client.delete_prompt_tag(name, "note")
        assert client.get_prompt(name).tags == {"team": "a"}

    def test_a_prompt_that_is_not_there_is_none(self, client):
        assert client.get_prompt(unique("none")) is None

    def test_a_version_is_made_by_itself(self, client):
        name = unique("prompt")
        client.create_prompt(name)
        made = client.create_prompt_version(name, TEXT, description="d", tags={"k": "v"})
        assert made.version == 1
        found = client.get_prompt_version(name, "1")
        assert (found.template, found.tags["k"]) == (TEXT, "v")
        with pytest.raises(MlflowException):
            client.get_prompt_version(name, "2")

    def test_a_version_belongs_to_a_prompt(self, client):
        with pytest.raises(MlflowException):
            client.create_prompt_version(unique("none"), TEXT)

    def test_versions_and_the_prompt_are_deleted(self, client, prompt):
        register(prompt.name, "Second")
        client.delete_prompt_version(prompt.name, "1")
        with pytest.raises(MlflowException):
            load(prompt.name, version=1)
        assert load(prompt.name, version=2).template == "Second"
        client.delete_prompt_version(prompt.name, "2")
        client.delete_prompt(prompt.name)
        assert client.get_prompt(prompt.name) is None

    def test_a_prompt_is_linked_to_a_run(self, client, prompt, run_id):
        client.link_prompt_version_to_run(run_id, prompt)
        linked = json.loads(client.get_run(run_id).data.tags["mlflow.linkedPrompts"])
        assert linked == [{"name": prompt.name, "version": "1"}]


@requires_mlflow("3.11")
class TestNewerPrompts:
    def test_messages_of_a_chat(self):
        name = unique("chat")
        register(name, CHAT)
        found = load(name, version=1)
        assert (found.is_text_prompt, found.template) == (False, CHAT)
        assert found.format(language="French", question="Why?")[1]["content"] == "Why?"

    def test_a_format_for_answers(self):
        name = unique("format")
        register(name, response_format=FORMAT)
        assert load(name, version=1).response_format == FORMAT

    def test_settings_of_a_model(self, client):
        name = unique("config")
        config = {"model_name": "m", "temperature": 0.5, "max_tokens": 100}
        register(name, model_config=config)
        assert load(name, version=1).model_config == config
        api.set_prompt_model_config(name, 1, {"model_name": "other"})
        assert load(name, version=1).model_config == {"model_name": "other"}
        api.delete_prompt_model_config(name, 1)
        assert load(name, version=1).model_config is None

    def test_tags_of_prompts_and_versions(self, prompt):
        api.set_prompt_tag(prompt.name, "note", "x")
        assert api.get_prompt_tags(prompt.name)["note"] == "x"
        api.delete_prompt_tag(prompt.name, "note")
        assert "note" not in api.get_prompt_tags(prompt.name)
        api.set_prompt_version_tag(prompt.name, 1, "reviewed", "yes")
        assert load(prompt.name, version=1).tags["reviewed"] == "yes"
        api.delete_prompt_version_tag(prompt.name, 1, "reviewed")
        assert "reviewed" not in load(prompt.name, version=1).tags

    def test_versions_are_listed(self, client, prompt):
        register(prompt.name, "Second")
        found = client.search_prompt_versions(prompt.name)
        assert sorted(int(one.version) for one in found) == [1, 2]

    def test_a_prompt_belongs_to_the_experiment_in_use(self, client, experiment):
        prompt = register(unique("prompt"))
        found = client.search_registered_models(
            f"name = '{prompt.name}' AND tags.`mlflow.prompt.is_prompt` = 'true'"
        )
        assert found[0].tags["_mlflow_experiment_ids"] == f",{experiment},"
        assert names(client.search_prompts(f'experiment_id = "{experiment}"')) == [prompt.name]
