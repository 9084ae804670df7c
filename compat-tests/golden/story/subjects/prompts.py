import mlflow


def tell(story):
    if not hasattr(mlflow, "register_prompt"):
        return
    name = story.name("prompt")
    register(story, name, "Say {{what}}.", commit_message="first", tags={"kind": "a"})
    chat = [{"role": "user", "content": "Say {{what}} twice."}]
    second = chat if story.since(3, 5) else "Say {{what}} twice."
    register(story, name, second, commit_message="second")
    load(story, f"prompts:/{name}/1")
    api(story).set_prompt_alias(name, "live", 2)
    load(story, f"prompts:/{name}@live")
    api(story).delete_prompt_alias(name, "live")
    with story.refused():
        load(story, f"prompts:/{name}@live")
    if story.since(3, 0):
        searches(story, name)


def api(story):
    return mlflow.genai if story.since(3, 0) else mlflow


def register(story, *args, **options):
    api(story).register_prompt(*args, **options)
    story.settle()


def load(story, uri):
    api(story).load_prompt(uri)
    story.settle()


def searches(story, name):
    client = story.client
    client.get_prompt(name)
    client.set_prompt_tag(name, "note", "x")
    client.delete_prompt_tag(name, "note")
    # Older ones break on this before they ask the server.
    if story.since(3, 5):
        client.set_prompt_version_tag(name, "1", "note", "y")
        client.get_prompt_version(name, "1")
        client.delete_prompt_version_tag(name, "1", "note")
    client.search_prompts(f"name = '{name}'")
    client.search_registered_models(f"name = '{name}'")
    client.search_model_versions(f"name = '{name}'")
    client.delete_prompt_version(name, "2")
    client.delete_prompt_version(name, "1")
    client.delete_prompt(name)
