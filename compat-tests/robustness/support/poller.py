"""A server of models that polls with a stock client, and says what it would serve."""

import sys
import time

from mlflow import MlflowClient

url, name, seconds = sys.argv[1:]
client = MlflowClient(tracking_uri=url, registry_uri=url)
while True:
    try:
        by_alias = client.get_model_version_by_alias(name, "champion").version
        (in_stage,) = client.get_latest_versions(name, ["Production"])
        print(round(time.time() * 1000), by_alias, in_stage.version, flush=True)
    except Exception as error:  # noqa: BLE001
        print("trouble", type(error).__name__, file=sys.stderr, flush=True)
    time.sleep(float(seconds))
