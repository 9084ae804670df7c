from teller import TIME, walk


def tell(story):
    client = story.client
    experiment = story.experiment("runs")
    run = story.run(experiment, "first", team="a")
    client.get_run(run)
    writes(story, run)
    lifecycle(story, run)
    fluent(experiment)
    searches(story, experiment)


def writes(story, run):
    client = story.client
    client.log_param(run, "lr", 0.1)
    client.log_param(run, "lr", 0.1)
    with story.refused():
        client.log_param(run, "lr", 0.2)
    client.set_tag(run, "note", "ünïcode 😀\n'quoted'")
    client.set_tag(run, "note", "short")
    client.delete_tag(run, "note")
    with story.refused():
        client.delete_tag(run, "note")
    with story.refused():
        client.set_tag(run, "/absolute", "x")
    with story.refused():
        client.get_run("0123456789abcdef0123456789abcdef")
    client.update_run(run, status="SCHEDULED", name="renamed")
    client.set_terminated(run, "FAILED", end_time=TIME + 5)
    client.get_run(run)


def lifecycle(story, run):
    client = story.client
    client.delete_run(run)
    client.get_run(run)
    with story.refused():
        client.log_param(run, "late", 1)
    client.restore_run(run)
    client.get_run(run)


def fluent(experiment):
    import mlflow

    with mlflow.start_run(experiment_id=experiment, run_name="parent", description="two runs"):
        mlflow.log_params({"depth": 3, "kind": "tree"})
        mlflow.set_tags({"stage": "test", "count": 2})
        mlflow.log_metrics({"accuracy": 0.5, "loss": 2.0}, step=1)
        with mlflow.start_run(experiment_id=experiment, nested=True, run_name="child"):
            mlflow.log_param("depth", 4)
            mlflow.log_metric("accuracy", 0.75)


def searches(story, experiment):
    search = story.client.search_runs
    walk(search, experiment_ids=[experiment], order_by=["start_time DESC"], max_results=1)
    for filter_string in (
        "metrics.accuracy > 0.6",
        "params.depth = '3' AND tags.stage ILIKE 'TE%'",
        "attributes.status = 'FAILED'",
        "attributes.run_name != 'child'",
        "params.depth = 'none'",
    ):
        search([experiment], filter_string, order_by=["metrics.accuracy ASC", "params.depth"])
    search([experiment], run_view_type=2)
    with story.refused():
        search([experiment], "metrics.accuracy > 'x'")
    with story.refused():
        search([experiment], "colour = 'red'")
