"""Fills the database of a stock server with runs: seed_stock.py <database uri> <json file>.

The rows are those that the REST API would have left behind, written through MLflow's own models.
"""

import json
import sys

import sqlalchemy
from mlflow.store.tracking.dbmodels.models import (
    SqlLatestMetric,
    SqlMetric,
    SqlParam,
    SqlRun,
    SqlTag,
)


def main(uri: str, file: str) -> None:
    with open(file, encoding="utf-8") as source:
        seeds = json.load(source)
    rows = {model: [] for model in (SqlRun, SqlTag, SqlParam, SqlMetric, SqlLatestMetric)}
    for seed in seeds:
        run_id, run = seed["id"], seed["run"]
        experiment_id = run["experiment_id"]
        rows[SqlRun].append(
            {
                "run_uuid": run_id,
                "name": run["run_name"],
                "source_type": "UNKNOWN",
                "source_name": "",
                "entry_point_name": "",
                "source_version": "",
                "user_id": run["user_id"],
                "status": "RUNNING",
                "start_time": run["start_time"],
                "lifecycle_stage": "active",
                "artifact_uri": f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts",
                "experiment_id": int(experiment_id),
            }
        )
        tags = [*run["tags"], {"key": "mlflow.runName", "value": run["run_name"]}]
        rows[SqlTag].extend({**tag, "run_uuid": run_id} for tag in tags)
        rows[SqlParam].extend({**param, "run_uuid": run_id} for param in seed["params"])
        metrics = [{**metric, "run_uuid": run_id, "is_nan": False} for metric in seed["metrics"]]
        rows[SqlMetric].extend(metrics)
        rows[SqlLatestMetric].extend(metrics)
    with sqlalchemy.create_engine(uri).begin() as connection:
        for model, values in rows.items():
            connection.execute(sqlalchemy.insert(model), values)


if __name__ == "__main__":
    main(*sys.argv[1:])
