"""Adds to fill.py what people make of traces: issues, label schemas and review queues."""

import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities.issue import IssueSeverity, IssueStatus
from mlflow.genai import label_schemas, review_queues
from mlflow.tracking._tracking_service.utils import _get_store

uri = sys.argv[1]
mlflow.set_tracking_uri(uri)
client = MlflowClient()
store = _get_store()
experiment = client.get_experiment_by_name("älpha ✓").experiment_id
traces = [trace.info.trace_id for trace in client.search_traces(locations=[experiment])]


def issues():
    slow = store.create_issue(
        experiment,
        "slow",
        "It takes löng",
        severity=IssueSeverity.HIGH,
        root_causes=["size", "ключ"],
        categories=["latency"],
        created_by="bob",
    )
    store.update_issue(slow.issue_id, status=IssueStatus.RESOLVED)
    store.create_issue(experiment, "wrong", "It lies")


def schemas():
    """One of each kind of answer, with bounds that JSON has no numbers for."""
    answers = {
        "good": label_schemas.InputPassFail(positive_label="Ja", negative_label="Nein"),
        "tone": label_schemas.InputCategorical(options=["kind", "rude"], multi_select=True),
        "points": label_schemas.InputNumeric(min_value=-1.5, max_value=float("inf")),
        "words": label_schemas.InputText(max_length=7),
    }
    return [
        label_schemas.create_label_schema(
            name, type="feedback", input=answer, instruction="Say", experiment_id=experiment
        )
        for name, answer in answers.items()
    ]


def queues(schema_ids):
    team = review_queues.create_review_queue(
        "Team",
        queue_type="custom",
        users=["ann", "bob"],
        schema_ids=schema_ids,
        experiment_id=experiment,
    )
    review_queues.add_items_to_review_queue(team.queue_id, item_ids=traces[:2])
    review_queues.set_review_queue_item_status(
        team.queue_id, item_id=traces[0], status="complete", completed_by="ann"
    )
    own = review_queues.get_or_create_user_queue("ann", experiment_id=experiment)
    review_queues.add_items_to_review_queue(own.queue_id, item_ids=traces[:1])


issues()
# The question that every experiment has is there when somebody has looked.
label_schemas.list_label_schemas(experiment_id=experiment)
queues([schema.schema_id for schema in schemas()][:2])
