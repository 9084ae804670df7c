"""What schemathesis is told of this server: things that exist, and what no answer may be."""

import json
import os
import zlib

import schemathesis

# For each field the values that lead to something, some of them for some paths alone.
with open(os.environ["RUNLEDGER_FUZZ_KNOWN"]) as file:
    KNOWN = json.load(file)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Aims three of four fields at what exists: generated ids would find nothing but 404."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            for field in list(place):
                aim(case, place, field)


def aim(case, place, field):
    values = next(
        (one["values"] for one in KNOWN if field == one["field"] and one["path"] in case.path), None
    )
    if values is None:
        return
    # The same case is always aimed the same way.
    dice = zlib.crc32(f"{case.method} {case.path} {field} {place[field]!r}".encode(errors="replace"))
    if dice % 4 != 0:
        value = values[dice // 4 % len(values)]
        place[field] = [value] if isinstance(place[field], list) else value


def declared(case):
    return case.operation.definition.raw["responses"]


@schemathesis.check
def no_server_error(ctx, response, case):
    """A 5xx is a fault of the server, unless the contract names it for the operation."""
    status = response.status_code
    assert status < 500 or str(status) in declared(case), f"a server error: {status}"


@schemathesis.check
def success_is_declared(ctx, response, case):
    """`default` stands for errors: what succeeds has a status of its own."""
    if case.method.lower() != case.operation.method.lower():
        return  # Another method, to see it refused.
    status = response.status_code
    assert status >= 400 or str(status) in declared(case), f"an undeclared success: {status}"
