from mlflow.entities import Dataset, DatasetInput, InputTag


def dataset(name, digest, **more):
    return Dataset(name=name, digest=digest, source_type="http", source='{"url": "u"}', **more)


def tell(story):
    client = story.client
    experiment = story.experiment("inputs")
    run = story.run(experiment, "inputs")
    bare = DatasetInput(dataset("bare", "d1"), [])
    full = DatasetInput(
        dataset("full", "d2", schema='{"mlflow_colspec": []}', profile='{"num_rows": 3}'),
        [InputTag("mlflow.data.context", "training"), InputTag("other", "x")],
    )
    client.log_inputs(run, [bare, full])
    client.log_inputs(run, [full])
    client.get_run(run)
    client.search_runs([experiment], "dataset.name = 'full' AND dataset.context = 'training'")
    client.search_runs([experiment], "datasets.digest = 'none'")
    with story.refused():
        client.log_inputs("0123456789abcdef0123456789abcdef", [bare])
