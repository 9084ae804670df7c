"""Makes accounts, roles and permissions in a database of MLflow's basic-auth, as its server does."""

import sys

from mlflow.server.auth import sqlalchemy_store
from mlflow.server.auth.db.models import Base

# The steps of MLflow name two constraints alike, which MariaDB refuses: whoever has such a
# database has made its tables by hand.
sqlalchemy_store.dbutils.migrate_if_needed = lambda engine, _: Base.metadata.create_all(engine)
store = sqlalchemy_store.SqlAlchemyStore()
store.init_db(sys.argv[1])
store.create_user("ännchen", "password-of-ann-1")
store.create_user("boss", "password-of-boss", is_admin=True)
store.create_experiment_permission("7", "ännchen", "MANAGE")
store.create_registered_model_permission("mödel one", "ännchen", "EDIT")
role = store.create_role("readers", "default", "who may read")
store.add_role_permission(role.id, "experiment", "*", "READ")
store.assign_role_to_user(store.get_user("ännchen").id, role.id)
