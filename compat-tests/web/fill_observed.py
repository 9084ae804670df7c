"""Traces with assessments, prompts with versions, and documents among artifacts."""

import time

import mlflow
from mlflow.entities import AssessmentSource, SpanType

TEMPLATES = [
    "You help customers of {{ shop }}.\nBe short.\n\nQuestion: {{ question }}",
    "You help customers of {{ shop }}.\nBe short and friendly.\n\nQuestion: {{ question }}",
    "You help customers of {{ shop }}.\nBe short and friendly.\nNever promise a refund.\n\nQuestion: {{ question }}",
]


def minimal_pdf(text):
    """A document of one page, with its cross-reference table."""
    stream = f"BT /F1 24 Tf 40 120 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 220] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    )


@mlflow.trace(name="answer-question", span_type=SpanType.CHAIN)
def answer(question, fails=False):
    with mlflow.start_span(name="retrieve", span_type=SpanType.RETRIEVER) as span:
        span.set_inputs({"query": question})
        time.sleep(0.012)
        span.set_outputs(["Parcels arrive within three days.", "Returns are free."])
    with mlflow.start_span(name="generate", span_type=SpanType.LLM) as span:
        span.set_inputs({"question": question, "temperature": 0.2})
        with mlflow.start_span(name="tokenize"):
            time.sleep(0.006)
        time.sleep(0.02)
        if fails:
            raise RuntimeError("The model did not answer in time")
        span.set_outputs("Within three days.")
    return "Within three days."


def traces(experiment):
    """Three traces of an experiment; the ids of the one that is assessed and the one that failed."""
    mlflow.set_experiment(experiment_id=experiment)
    try:
        answer("Where is my parcel, and why?", fails=True)
    except RuntimeError:
        pass
    failed = mlflow.get_last_active_trace_id()
    answer("May I return it?")
    answer("When does my parcel arrive?")
    assessed = mlflow.get_last_active_trace_id()
    mlflow.flush_trace_async_logging()
    people = AssessmentSource(source_type="HUMAN", source_id="ada")
    judge = AssessmentSource(source_type="LLM_JUDGE", source_id="judge-2")
    mlflow.log_feedback(trace_id=assessed, name="correct", value=True, source=people, rationale="It says so in the terms.")
    mlflow.log_feedback(trace_id=assessed, name="tone", value=0.8, source=judge)
    mlflow.log_expectation(trace_id=assessed, name="expected", value="Within three days.", source=people)
    return {"assessedTrace": assessed, "failedTrace": failed}


def hostile_traces(experiment, text):
    """A trace that is made of a hostile text wherever there is room for one."""
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_span(name=text) as span:
        span.set_inputs({text: text})
        span.set_outputs(text)
        span.set_attribute(text, text)
    trace = span.trace_id
    mlflow.flush_trace_async_logging()
    mlflow.set_trace_tag(trace, "note", text)
    source = AssessmentSource(source_type="HUMAN", source_id=text)
    mlflow.log_feedback(trace_id=trace, name="judged", value=text, source=source, rationale=text)
    return {"hostileTrace": trace}


def prompts(hostile):
    for number, template in enumerate(TEMPLATES):
        mlflow.genai.register_prompt(
            name="support-answer", template=template, commit_message=f"Change {number + 1}",
            tags={"language": "en"},
        )
    mlflow.genai.set_prompt_alias("support-answer", alias="live", version=2)
    mlflow.genai.register_prompt(
        name="support-chat",
        template=[
            {"role": "system", "content": "You help customers of {{ shop }}."},
            {"role": "user", "content": "{{ question }}"},
        ],
    )
    for _ in range(2):
        mlflow.genai.register_prompt(name="hostile-prompt", template=hostile, commit_message=hostile)
    return {"prompt": "support-answer", "chatPrompt": "support-chat", "hostilePrompt": "hostile-prompt"}


def documents(client, run):
    client.log_text(run, minimal_pdf("Quarterly report"), "report.pdf")
    client.log_text(
        run,
        "<h1>Loss</h1><div id='plot'></div><script>document.getElementById('plot')"
        ".textContent = 'drawn by a script'</script>",
        "plot.html",
    )


def hostile_documents(client, run, text):
    client.log_text(run, "%PDF-1.4 and nothing else", "broken.pdf")
    client.log_text(run, text, "<img src=x onerror=window.hacked=1>.txt")
    client.log_dict(run, {"columns": [text], "data": [[text]]}, "table.json")
    client.log_text(run, f"{text}\n=cmd(),{text}", "table.csv")
