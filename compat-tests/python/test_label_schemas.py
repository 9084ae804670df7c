from support import EXISTS, INVALID, MISSING, refused, requires_mlflow

pytestmark = requires_mlflow("3.17")


def test_make_find_change_and_delete(experiment):
    from mlflow.genai import label_schemas as schemas

    made = schemas.create_label_schema(
        "tone",
        type="feedback",
        input=schemas.InputCategorical(options=["kind", "rude"]),
        instruction="How does it sound?",
        enable_comment=True,
        experiment_id=experiment,
    )
    assert schemas.get_label_schema(schema_id=made.schema_id) == made
    assert schemas.get_label_schema("tone", experiment_id=experiment) == made
    changed = schemas.update_label_schema(made.schema_id, input=schemas.InputCategorical(options=["kind"]), name="t")
    assert (changed.name, changed.input.options, changed.instruction) == ("t", ["kind"], "How does it sound?")
    schemas.create_label_schema(
        "length", type="expectation", input=schemas.InputNumeric(min_value=1, max_value=5), experiment_id=experiment
    )
    names = [each.name for each in schemas.list_label_schemas(experiment)]
    assert sorted(names) == ["Feedback", "length", "t"]
    first = schemas.list_label_schemas(experiment, max_results=2)
    rest = schemas.list_label_schemas(experiment, max_results=2, page_token=first.token)
    assert [each.name for each in [*first, *rest]] == names
    schemas.delete_label_schema(schema_id=made.schema_id)
    with refused(MISSING, f"Label schema with id '{made.schema_id}' not found."):
        schemas.get_label_schema(schema_id=made.schema_id)


def test_refusals(experiment):
    from mlflow.genai import label_schemas as schemas

    text = {"type": "feedback", "input": schemas.InputText(), "experiment_id": experiment}
    schemas.create_label_schema("once", **text)
    with refused(EXISTS, f"Label schema with name 'once' already exists for experiment '{experiment}'."):
        schemas.create_label_schema("once", **text)
    (default,) = [each for each in schemas.list_label_schemas(experiment) if each.is_default]
    with refused(INVALID, "The experiment's default question cannot be deleted."):
        schemas.delete_label_schema(schema_id=default.schema_id)
