"""Asks a server for what fill_reviews.py has made, and writes the answers as JSON."""

import json
import sys
from dataclasses import asdict

import mlflow
from mlflow import MlflowClient
from mlflow.genai import label_schemas, review_queues
from mlflow.tracking._tracking_service.utils import _get_store

uri, target = sys.argv[1:]
mlflow.set_tracking_uri(uri)
experiment = MlflowClient().get_experiment_by_name("älpha ✓").experiment_id


def told(items):
    """What JSON has no number for is a text."""
    text = json.dumps([asdict(item) for item in items], default=str)
    return json.loads(text, parse_constant=str)


queues = review_queues.list_review_queues(experiment_id=experiment)
answers = {
    "issues": told(_get_store().search_issues(experiment)),
    "schemas": told(label_schemas.list_label_schemas(experiment_id=experiment)),
    "queues": told(queues),
    "items": [told(review_queues.list_review_queue_items(queue.queue_id)) for queue in queues],
}
with open(target, "w", encoding="utf-8") as file:
    json.dump(answers, file, indent=1, sort_keys=True)
