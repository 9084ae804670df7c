"""Reads events on its standard input as OpenLineage's own client knows them; run in its environment."""

import json
import sys

from openlineage.client import event_v2
from openlineage.client.generated import (
    dataset_version_dataset,
    datasource_dataset,
    job_type_job,
    ownership_job,
    parent_run,
    schema_dataset,
    source_code_location_job,
    tags_dataset,
)
from openlineage.client.serde import Serde

FACETS = {
    "parent": parent_run.ParentRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "sourceCodeLocation": source_code_location_job.SourceCodeLocationJobFacet,
    "ownership": ownership_job.OwnershipJobFacet,
    "version": dataset_version_dataset.DatasetVersionDatasetFacet,
    "dataSource": datasource_dataset.DatasourceDatasetFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
    "tags": tags_dataset.TagsDatasetFacet,
}


def facets(found):
    """Each as its class makes it: what the specification lacks or has not, it has no argument for."""
    made = {}
    for name, facet in found.items():
        members = {key: value for key, value in facet.items() if not key.startswith("_")}
        assert facet["_schemaURL"].endswith(FACETS[name]._get_schema().rsplit("/", 1)[1]), facet
        made[name] = FACETS[name](**members)
    return made


def named(kind, found):
    return kind(found["namespace"], found["name"], facets=facets(found["facets"]))


def event(found):
    assert found["schemaURL"] == event_v2.RunEvent._get_schema()
    return event_v2.RunEvent(
        eventTime=found["eventTime"],
        producer=found["producer"],
        eventType=event_v2.RunState[found["eventType"]],
        run=event_v2.Run(found["run"]["runId"], facets=facets(found["run"]["facets"])),
        job=named(event_v2.Job, found["job"]),
        inputs=[named(event_v2.InputDataset, one) for one in found["inputs"]],
        outputs=[named(event_v2.OutputDataset, one) for one in found["outputs"]],
    )


sent = [json.loads(Serde.to_json(event(found))) for found in json.load(sys.stdin)]
json.dump([one["eventType"] for one in sent], sys.stdout)
