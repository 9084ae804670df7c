"""What a release of MLflow has and Runledger's contract has not.

Reads the protobuf descriptors inside the installed `mlflow` package: the services that its
tracking server mounts, their HTTP endpoints, and every message and enum that these can carry.
Compares them with the bundled contract, and prints what the contract lacks (`missing`) or has
otherwise (`different`). Ends with 1 when there is such a line, with 0 when there is none.

    npm run generate                                  # makes src/generated/contract.json
    .test-env/mlflow-3.17.2/bin/python scripts/contract_diff.py
    .test-env/mlflow-3.17.2/bin/python scripts/contract_diff.py --exceptions

For a new release: install it anywhere, run this with its Python, and put what it prints into
openapi/. What is left out or made otherwise on purpose stands in EXCEPTIONS, with the reason. An
exception is a pattern over the printed lines; `--exceptions` shows the lines that it has hidden.

Old releases are compared too, since their clients are served: a field that has vanished since may
still be sent. Messages are looked at from their endpoints; one that no endpoint carries is left
out.
"""

import argparse
import importlib
import json
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor

import mlflow
from mlflow.protos import databricks_pb2

CONTRACT = Path(__file__).resolve().parent.parent / "src" / "generated" / "contract.json"

# The services that `mlflow server` mounts; the others belong to Databricks and Unity Catalog.
SERVICES = [
    ("service_pb2", "MlflowService"),
    ("model_registry_pb2", "ModelRegistryService"),
    ("mlflow_artifacts_pb2", "MlflowArtifactsService"),
    ("webhooks_pb2", "WebhookService"),
]

BEFORE_3 = (
    "2.22 declares it for Databricks, where its client alone uses it; its own tracking server "
    "answers that it is not implemented. Since 3.0 it is under /api/3.0, as in the contract."
)

# A printed line, with `*` for any text, and why it is as it is.
EXCEPTIONS = {
    "missing GET /api/2.0/mlflow/traces/{trace_id}: *": BEFORE_3,
    "missing POST /api/2.0/mlflow/traces/{assessment.trace_id}/assessments: *": BEFORE_3,
    "missing * /api/2.0/mlflow/traces/{trace_id}/assessments/{assessment_id}: *": BEFORE_3,
}

SCALARS = {
    FieldDescriptor.TYPE_DOUBLE: ("number", "double"),
    FieldDescriptor.TYPE_FLOAT: ("number", "float"),
    FieldDescriptor.TYPE_INT64: ("integer", "int64"),
    FieldDescriptor.TYPE_UINT64: ("integer", "int64"),
    FieldDescriptor.TYPE_SINT64: ("integer", "int64"),
    FieldDescriptor.TYPE_FIXED64: ("integer", "int64"),
    FieldDescriptor.TYPE_SFIXED64: ("integer", "int64"),
    FieldDescriptor.TYPE_INT32: ("integer", "int32"),
    FieldDescriptor.TYPE_UINT32: ("integer", "int32"),
    FieldDescriptor.TYPE_SINT32: ("integer", "int32"),
    FieldDescriptor.TYPE_FIXED32: ("integer", "int32"),
    FieldDescriptor.TYPE_SFIXED32: ("integer", "int32"),
    FieldDescriptor.TYPE_BOOL: ("boolean", None),
    FieldDescriptor.TYPE_STRING: ("string", None),
    FieldDescriptor.TYPE_BYTES: ("string", "byte"),
}

# How protobuf prints its own messages as JSON.
WELL_KNOWN = {
    "google.protobuf.Timestamp": ("string", "date-time"),
    "google.protobuf.Duration": ("string", "duration"),
    "google.protobuf.FieldMask": ("string", None),
    "google.protobuf.Value": (None, None),
    "google.protobuf.Struct": ("object", None),
    "google.protobuf.ListValue": ("array", None),
}


class Contract:
    """The bundled contract, with its references followed."""

    def __init__(self, document):
        self.document = document
        self.routes = {}
        for path, item in document["paths"].items():
            for method, operation in item.items():
                self.routes[method.upper(), anonymous(path)] = operation

    def resolve(self, node):
        if "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            return self.resolve(found)
        if "allOf" not in node:
            return node
        merged = {"properties": {}, "required": []}
        for part in map(self.resolve, node["allOf"]):
            merged["properties"].update(part.get("properties", {}))
            merged["required"] += part.get("required", [])
            merged.update({key: part[key] for key in part if key not in merged})
        return merged

    def request(self, operation):
        """Path, query and body of a request as one schema, as a message holds them."""
        properties = {one["name"]: one["schema"] for one in operation.get("parameters", [])}
        body = self.content(operation.get("requestBody"))
        return {"type": "object", "properties": {**body.get("properties", {}), **properties}}

    def response(self, operation):
        return self.content(operation["responses"]["200"])

    def content(self, holder):
        content = self.resolve(holder or {}).get("content", {})
        return self.resolve(content.get("application/json", {}).get("schema", {}))


class Comparison:
    """Walks the messages of a release beside the schemas of the contract."""

    def __init__(self, contract):
        self.contract = contract
        self.lines = []
        self.seen = set()

    def service(self, descriptor):
        for method in descriptor.methods:
            for endpoint in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                self.endpoint(method, endpoint)

    def endpoint(self, method, endpoint):
        # The descriptor of search-datasets lacks the first slash, which its callers don't.
        path = f"/api/{api_version(endpoint)}.0/{endpoint.path.lstrip('/')}"
        operation = self.contract.routes.get((endpoint.method, anonymous(path)))
        if operation is None:
            self.report("missing", f"{endpoint.method} {path}", f"the endpoint ({method.name})")
            return
        self.message(method.input_type, self.contract.request(operation))
        self.message(answer_of(method), self.contract.response(operation))

    def message(self, descriptor, schema):
        schema = self.contract.resolve(schema)
        key = (descriptor.full_name, id(schema))
        if key in self.seen:
            return
        self.seen.add(key)
        properties = schema.get("properties", {})
        aliases = {one["x-alias"]: one for one in properties.values() if "x-alias" in one}
        for field in descriptor.fields:
            where = f"{short(descriptor)}.{field.name}"
            found = properties.get(field.name, aliases.get(field.name))
            if found is None:
                self.report("missing", where, f"the field ({described(field)})")
            else:
                self.field(where, field, self.contract.resolve(found))

    def field(self, where, field, schema):
        if is_map(field):
            values = schema.get("additionalProperties")
            self.expect(where, ("object", None), schema)
            if not isinstance(values, dict):
                self.report("different", where, "the contract has no map")
            else:
                value = field.message_type.fields_by_name["value"]
                self.value(f"{where}[]", value, self.contract.resolve(values))
        elif is_repeated(field):
            self.expect(where, ("array", None), schema)
            if "items" in schema:
                self.value(f"{where}[]", field, self.contract.resolve(schema["items"]))
        else:
            self.value(where, field, schema)
            if field.has_default_value and not field.enum_type:
                self.default(where, field.default_value, schema)

    def value(self, where, field, schema):
        if field.enum_type:
            self.enum(where, field.enum_type, schema)
        elif field.message_type is None:
            self.expect(where, SCALARS[field.type], schema)
        elif field.message_type.full_name in WELL_KNOWN:
            self.expect(where, WELL_KNOWN[field.message_type.full_name], schema)
        else:
            self.expect(where, ("object", None), schema)
            self.message(field.message_type, schema)

    def enum(self, where, descriptor, schema):
        names = schema.get("enum")
        if names is None:
            self.report("different", where, f"the contract has no enum for {short(descriptor)}")
            return
        numbers = dict(zip(names, schema.get("x-enum-numbers", range(len(names)))))
        for value in descriptor.values:
            if value.name not in numbers:
                self.report("missing", f"{short(descriptor)}.{value.name}", "the enum's value")
            elif numbers[value.name] != value.number:
                told = f"{value.number}, and {numbers[value.name]} in the contract"
                self.report("different", f"{short(descriptor)}.{value.name}", told)

    def default(self, where, expected, schema):
        if schema.get("default") != expected:
            told = f"default {expected!r}, and {schema.get('default')!r} in the contract"
            self.report("different", where, told)

    def expect(self, where, expected, schema):
        found = (schema.get("type"), schema.get("format"))
        if found != expected:
            self.report("different", where, f"{shown(expected)}, and {shown(found)} in the contract")

    def report(self, kind, where, what):
        line = f"{kind} {where}: {what}"
        if line not in self.lines:
            self.lines.append(line)


def api_version(endpoint):
    """Before its third release MLflow mounted every path under 2.0."""
    return endpoint.since.major if mlflow.__version__.split(".")[0] >= "3" else 2


def answer_of(method):
    """MLflow nests the answer in the request's message; the declared type is only a stand-in."""
    return method.input_type.nested_types_by_name.get("Response", method.output_type)


def anonymous(path):
    """Parameters are told apart by their place: their names differ between releases."""
    return re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path)


def is_repeated(field):
    repeated = getattr(field, "is_repeated", None)
    return field.label == FieldDescriptor.LABEL_REPEATED if repeated is None else repeated


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def described(field):
    kind = field.message_type or field.enum_type
    name = short(kind) if kind else shown(SCALARS[field.type])
    return f"list of {name}" if is_repeated(field) and not is_map(field) else name


def shown(pair):
    return "/".join(part for part in pair if part) or "any JSON"


def short(descriptor):
    return re.sub(r"^mlflow\.|^opentelemetry\.proto\.", "", descriptor.full_name)


def hidden_by(line):
    return next((why for pattern, why in EXCEPTIONS.items() if fnmatchcase(line, pattern)), None)


def services():
    for module_name, service_name in SERVICES:
        try:
            module = importlib.import_module(f"mlflow.protos.{module_name}")
        except ModuleNotFoundError:
            continue  # The release is older than the service.
        yield module.DESCRIPTOR.services_by_name[service_name]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="the bundled contract")
    parser.add_argument("--exceptions", action="store_true", help="show what is hidden, and why")
    options = parser.parse_args()
    if not options.contract.exists():
        sys.exit(f"There is no {options.contract.name}: run 'npm run generate' first")

    comparison = Comparison(Contract(json.loads(options.contract.read_text("utf-8"))))
    for service in services():
        comparison.service(service)
    hidden = {line: why for line in comparison.lines if (why := hidden_by(line))}
    left = [line for line in comparison.lines if line not in hidden]
    if options.exceptions:
        for line, why in hidden.items():
            print(f"hidden: {line}\n        {why}")
    for line in left:
        print(line)
    print(f"mlflow {mlflow.__version__}: {len(left)} differences, {len(hidden)} on purpose")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
