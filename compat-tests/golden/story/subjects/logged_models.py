from teller import TIME, walk


def tell(story):
    if not story.since(3, 0):
        return
    client = story.client
    experiment = story.experiment("logged-models")
    run = story.run(experiment, "source")
    first = client.create_logged_model(
        experiment,
        name="first",
        source_run_id=run,
        tags={"team": "a"},
        params={"depth": "3"},
        model_type="tree",
    )
    second = client.create_logged_model(experiment, name="second")
    with story.refused():
        client.create_logged_model(experiment, name="a/b")
    client.finalize_logged_model(first.model_id, "READY")
    client.finalize_logged_model(second.model_id, "FAILED")
    if hasattr(client, "log_model_params"):
        client.log_model_params(first.model_id, {"leaves": "5"})
    client.set_logged_model_tags(first.model_id, {"note": "x", "team": "b"})
    client.delete_logged_model_tag(first.model_id, "note")
    with story.refused():
        client.delete_logged_model_tag(first.model_id, "note")
    client.log_metric(run, "accuracy", 0.75, timestamp=TIME, step=2, model_id=first.model_id)
    links(client, run, first, second)
    client.get_logged_model(first.model_id)
    searches(story, experiment)
    client.delete_logged_model(second.model_id)
    with story.refused():
        client.get_logged_model(second.model_id)


def links(client, run, first, second):
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    client.log_inputs(run, models=[LoggedModelInput(first.model_id)])
    client.log_outputs(run, [LoggedModelOutput(second.model_id, 4)])
    client.get_run(run)


def searches(story, experiment):
    search = story.client.search_logged_models
    walk(search, experiment_ids=[experiment], order_by=[{"field_name": "name"}], max_results=1)
    for filter_string in (
        "name = 'first' AND tags.team = 'b'",
        "params.depth = '3' AND metrics.accuracy > 0.5",
        "status = 'READY'",
        "name = 'none'",
    ):
        search([experiment], filter_string)
    with story.refused():
        search([experiment], "colour = 'red'")
