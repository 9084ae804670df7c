from teller import TIME, walk

NS = 1_000_000


def tell(story):
    if not hasattr(story.client, "start_trace"):
        return
    client = story.client
    experiment = story.experiment("traces")
    first = trace(story, experiment, "first", "OK", TIME)
    second = trace(story, experiment, "second", "ERROR", TIME + 1_000)
    # A full last page may have a token or not, so that one trace must be over.
    trace(story, experiment, "third", "OK", TIME + 2_000)
    client.get_trace(first)
    tags(story, first)
    searches(story, experiment)
    if story.since(3, 2):
        assessments(story, experiment, first)
    if hasattr(client, "link_traces_to_run"):
        links(story, experiment, [first, second])
    ids = {"trace_ids" if story.since(3, 0) else "request_ids": [second]}
    client.delete_traces(experiment, **ids)
    client.delete_traces(experiment, **ids)
    client.delete_traces(experiment, max_timestamp_millis=TIME + 9_000, max_traces=5)
    with story.refused():
        client.get_trace(first)


def trace(story, experiment, name, status, start):
    """Two spans, a millisecond and a half apart."""
    client = story.client
    root = client.start_trace(
        name,
        span_type="AGENT",
        inputs={"question": "wörds 😀"},
        attributes={"depth": 2, "ratio": 0.5},
        tags={"team": name},
        experiment_id=experiment,
        start_time_ns=start * NS,
    )
    new = story.since(3, 0)
    trace_id = root.trace_id if new else root.request_id
    named = {"trace_id" if new else "request_id": trace_id}
    call = client.start_span(
        "call",
        parent_id=root.span_id,
        span_type="LLM",
        inputs=[1, None],
        start_time_ns=start * NS + 1_500_000,
        **named,
    )
    client.end_span(
        span_id=call.span_id,
        outputs=2.0,
        attributes={"model": "none"},
        status=status,
        end_time_ns=start * NS + 3_000_000,
        **named,
    )
    # Clients and servers cut what they show of a long one.
    answer = "x" * 260 if name == "first" else "short"
    client.end_trace(
        outputs={"answer": answer}, status=status, end_time_ns=(start + 250) * NS, **named
    )
    return trace_id


def tags(story, trace_id):
    client = story.client
    client.set_trace_tag(trace_id, "note", "ünïcode 'quoted'")
    client.set_trace_tag(trace_id, "note", "short")
    client.get_trace(trace_id)
    client.delete_trace_tag(trace_id, "note")
    with story.refused():
        client.delete_trace_tag(trace_id, "note")


def searches(story, experiment):
    search = story.client.search_traces
    where = {"locations" if story.since(3, 11) else "experiment_ids": [experiment]}
    spans = {"include_spans": False} if story.since(3, 1) else {}
    walk(search, order_by=["timestamp_ms DESC"], max_results=2, **where)
    for filter_string in (
        "status = 'ERROR'",
        "tags.team = 'first'",
        f"timestamp_ms > {TIME + 500}",
        "tags.team = 'none'",
    ):
        search(filter_string=filter_string, order_by=["timestamp_ms ASC"], **spans, **where)
    with story.refused():
        search(filter_string="colour = 'red'", **spans, **where)
    with story.refused():
        search(filter_string="tags.team > 'a'", **spans, **where)


def assessments(story, experiment, trace_id):
    import mlflow
    from mlflow.entities import AssessmentSource, Expectation, Feedback

    bob = AssessmentSource(source_type="HUMAN", source_id="bob")
    of = {"trace_id": trace_id}
    made = mlflow.log_feedback(
        name="good", value=0.5, source=bob, rationale="because", metadata={"k": "v"}, **of
    )
    mlflow.log_feedback(name="list", value=["a", 1.5, True], **of)
    want = mlflow.log_expectation(name="want", value={"b": [1, 2]}, source=bob, **of)
    with story.refused():
        mlflow.get_assessment(trace_id, "a-none")
    mlflow.get_assessment(trace_id, made.assessment_id)
    other = Feedback(name="good", value=1, rationale="looked twice", source=bob)
    mlflow.update_assessment(trace_id, made.assessment_id, other)
    with story.refused():
        wrong = Feedback(name="want", value=1, source=bob)
        mlflow.update_assessment(trace_id, want.assessment_id, wrong)
    mlflow.update_assessment(trace_id, want.assessment_id, Expectation(name="want", value="y"))
    mlflow.override_feedback(
        trace_id=trace_id, assessment_id=made.assessment_id, value="no", source=bob
    )
    mlflow.delete_assessment(trace_id, want.assessment_id)
    story.client.get_trace(trace_id)
    if story.since(3, 11):
        story.client.search_traces(
            locations=[experiment], filter_string="feedback.good = 'no'", include_spans=False
        )


def links(story, experiment, ids):
    client = story.client
    run = story.run(experiment, "source")
    client.link_traces_to_run(ids, run)
    client.search_traces(
        locations=[experiment],
        filter_string=f"run_id = '{run}'",
        order_by=["timestamp_ms ASC"],
        include_spans=False,
    )
