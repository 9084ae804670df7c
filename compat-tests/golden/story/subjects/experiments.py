from teller import walk


def tell(story):
    client, name = story.client, story.name
    first = client.create_experiment(name("first"), tags={"team": "a", "long": "ä" * 9})
    second = client.create_experiment(name("second"), artifact_location="s3://bucket/second")
    client.get_experiment(first)
    client.get_experiment_by_name(name("second"))
    assert client.get_experiment_by_name(name("none")) is None
    with story.refused():
        client.create_experiment(name("first"))
    with story.refused():
        client.get_experiment("999999999")
    client.set_experiment_tag(first, "team", "b")
    client.set_experiment_tag(first, "empty", "")
    if hasattr(client, "delete_experiment_tag"):
        client.delete_experiment_tag(first, "long")
        with story.refused():
            client.delete_experiment_tag(first, "long")
    client.rename_experiment(second, name("renamed"))
    searches(story)
    client.delete_experiment(second)
    client.get_experiment(second)
    with story.refused():
        client.rename_experiment(second, name("again"))
    client.restore_experiment(second)
    with story.refused():
        client.restore_experiment(second)


def searches(story):
    mine = f"name LIKE 'golden-{story.token}-%'"
    search = story.client.search_experiments
    walk(search, filter_string=mine, order_by=["name DESC"], max_results=1)
    search(filter_string=f"{mine} AND tags.team = 'b'")
    search(filter_string=f"{mine} AND tags.team = 'none'")
    with story.refused():
        search(filter_string="name = 'a' OR name = 'b'")
    with story.refused():
        search(max_results=0)
