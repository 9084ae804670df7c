"""Traces that the suites search and assess."""

import mlflow
import pytest


@pytest.fixture(scope="module", autouse=True)
def tracing():
    """The other suites keep tracing off."""
    mlflow.tracing.enable()
    yield
    mlflow.flush_trace_async_logging()
    mlflow.tracing.disable()


def log_trace(name="answer", *, tags=None, metadata=None, fails=False, model="gpt", flush=True):
    """Logs a trace of two spans to the active experiment; its id. To flush takes a second."""
    try:
        with mlflow.start_span(name, span_type="AGENT") as span:
            mlflow.update_current_trace(tags=tags or {}, metadata=metadata or {})
            span.set_inputs({"question": f"what is {name}?"})
            with mlflow.start_span("call", span_type="LLM") as inner:
                inner.set_attributes({"model": model})
            if fails:
                raise ValueError("no answer")
            span.set_outputs("42")
    except ValueError:
        pass
    if flush:
        mlflow.flush_trace_async_logging()
    return mlflow.get_last_active_trace_id()
