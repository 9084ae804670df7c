from teller import walk


def tell(story):
    client, name = story.client, story.name("model")
    client.create_registered_model(name, tags={"team": "a"}, description="first words")
    client.create_registered_model(story.name("other"))
    with story.refused():
        client.create_registered_model(name)
    with story.refused():
        client.get_registered_model(story.name("none"))
    client.update_registered_model(name, "other words")
    client.set_registered_model_tag(name, "note", "x")
    client.delete_registered_model_tag(name, "note")
    client.rename_registered_model(name, story.name("renamed"))
    name = story.name("renamed")
    for number in (1, 2, 3):
        source = f"s3://bucket/{number}"
        client.create_model_version(name, source, tags={"n": str(number)}, description="d")
    client.get_registered_model(name)
    versions(story, name)
    searches(story, name)
    client.delete_model_version(name, "1")
    with story.refused():
        client.get_model_version(name, "1")
    client.delete_registered_model(name)
    with story.refused():
        client.delete_registered_model(name)


def versions(story, name):
    client = story.client
    client.update_model_version(name, "1", "version words")
    client.set_model_version_tag(name, "1", "note", "x")
    client.delete_model_version_tag(name, "1", "note")
    client.get_model_version_download_uri(name, "2")
    for number, stage in (("1", "Production"), ("2", "Production"), ("3", "staging")):
        client.transition_model_version_stage(name, number, stage, archive_existing_versions=True)
    with story.refused():
        client.transition_model_version_stage(name, "1", "Shelf")
    with story.refused():
        client.transition_model_version_stage(name, "9", "Staging")
    client.get_latest_versions(name)
    client.get_latest_versions(name, ["Production", "Archived"])
    client.set_registered_model_alias(name, "champion", "2")
    client.set_registered_model_alias(name, "champion", "3")
    client.set_registered_model_alias(name, "old", "1")
    client.get_model_version_by_alias(name, "champion")
    client.get_model_version(name, "3")
    client.delete_registered_model_alias(name, "champion")
    with story.refused():
        client.get_model_version_by_alias(name, "champion")
    with story.refused():
        client.set_registered_model_alias(name, "v1", "1")


def searches(story, name):
    client = story.client
    mine = f"name LIKE 'golden-{story.token}-%'"
    models, versions = client.search_registered_models, client.search_model_versions
    walk(models, filter_string=mine, order_by=["name DESC"], max_results=1)
    models(f"{mine} AND tags.team = 'a'")
    walk(
        versions,
        filter_string=f"name = '{name}'",
        order_by=["version_number DESC"],
        max_results=2,
    )
    versions(f"name = '{name}' AND tags.n = '2'")
    versions(f"name = '{story.name('none')}'")
    with story.refused():
        models("colour = 'red'")
    with story.refused():
        versions("version_number > 'x'")
