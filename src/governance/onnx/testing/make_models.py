"""Makes the models of the tests in this folder's `models`: good ones, and each broken in one way.

    python -m venv env && env/bin/pip install onnx==1.23.2 skl2onnx==1.20.0 scikit-learn==1.9.1
    env/bin/python make_models.py

Good models pass ONNX's own checker here. The files are committed; the tests need no Python.
"""

import os
import pickle
from copy import deepcopy
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).parent / "models"
HERE.mkdir(exist_ok=True)
OPSET = 17


def save(name, model):
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def good(name, model):
    path = HERE / f"{name}.onnx"
    save(name, model)
    onnx.checker.check_model(str(path))
    return model


def broken(name, model, change):
    copy = deepcopy(model)
    change(copy)
    save(f"broken-{name}", copy)


def model_of(graph, opsets=None, **rest):
    opsets = opsets or [h.make_opsetid("", OPSET)]
    return h.make_model(graph, opset_imports=opsets, ir_version=10, **rest)


def value(name, dtype=T.FLOAT, shape=("N", 4)):
    return h.make_tensor_value_info(name, dtype, shape)


X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)

# What people register: scikit-learn models.
logistic = good("logistic", to_onnx(LogisticRegression(max_iter=500).fit(X, y), X[:1], target_opset=OPSET))
again = LogisticRegression(C=0.1, max_iter=500).fit(X[::2], y[::2])
good("logistic-retrained", to_onnx(again, X[:1], target_opset=OPSET))
good("linear", to_onnx(LinearRegression().fit(X, y), X[:1], target_opset=OPSET))
forest = RandomForestClassifier(n_estimators=3, max_depth=3, random_state=0).fit(X, y)
good("forest", to_onnx(forest, X[:1], target_opset=OPSET, options={"zipmap": False}))
good("forest-zipmap", to_onnx(forest, X[:1], target_opset=OPSET))
for layers, name in [((5,), "perceptron"), ((5, 3), "perceptron-deeper")]:
    net = MLPClassifier(layers, max_iter=30, random_state=0).fit(X, y)
    good(name, to_onnx(net, X[:1], target_opset=OPSET, options={"zipmap": False}))

# A small network by hand, with raw data.
weights = nh.from_array(np.ones((4, 3), np.float32), "w")
bias = nh.from_array(np.zeros(3, np.float32), "b")
nodes = [
    h.make_node("MatMul", ["x", "w"], ["xw"], name="multiply"),
    h.make_node("Add", ["xw", "b"], ["y"], name="add"),
]
network = good(
    "network",
    model_of(h.make_graph(nodes, "net", [value("x")], [value("y", shape=("N", 3))], [weights, bias])),
)

renamed = deepcopy(network)
for old, new in {"x": "input_1", "w": "kernel", "b": "offset", "xw": "hidden", "y": "out"}.items():
    for thing in [*renamed.graph.input, *renamed.graph.output, *renamed.graph.initializer]:
        if thing.name == old:
            thing.name = new
    for node in renamed.graph.node:
        node.input[:] = [new if one == old else one for one in node.input]
        node.output[:] = [new if one == old else one for one in node.output]
good("network-renamed", renamed)

broken("ir-version", network, lambda m: m.ClearField("ir_version"))
broken("no-graph", network, lambda m: m.ClearField("graph"))
broken("no-opset", network, lambda m: m.ClearField("opset_import"))
broken("opset-without-version", network, lambda m: m.opset_import[0].ClearField("version"))
broken("opset-twice", network, lambda m: m.opset_import.append(h.make_opsetid("ai.onnx", 16)))
broken("input-unresolved", network, lambda m: m.graph.node[1].input.__setitem__(1, "nowhere"))
broken("node-too-early", network, lambda m: m.graph.node.reverse())
broken("output-not-made", network, lambda m: m.graph.output[0].__setattr__("name", "z"))
broken("no-outputs", network, lambda m: m.graph.ClearField("output"))
broken("name-twice", network, lambda m: m.graph.node[1].output.__setitem__(0, "xw"))
broken("input-without-name", network, lambda m: m.graph.input[0].ClearField("name"))
broken("initializer-twice", network, lambda m: m.graph.initializer.append(m.graph.initializer[1]))
broken("raw-too-short", network, lambda m: m.graph.initializer[0].__setattr__("raw_data", b"\0" * 47))
broken("raw-missing", network, lambda m: m.graph.initializer[0].ClearField("raw_data"))
broken("dims-wrong", network, lambda m: m.graph.initializer[0].dims.__setitem__(1, 4))
broken("dims-negative", network, lambda m: m.graph.initializer[0].dims.__setitem__(1, -3))
broken("dims-huge", network, lambda m: m.graph.initializer[0].dims.extend([2**62] * 10))
broken("data-type-unknown", network, lambda m: m.graph.initializer[0].__setattr__("data_type", 99))
broken("data-twice", network, lambda m: m.graph.initializer[0].float_data.extend([1.0] * 12))
broken("no-operator", network, lambda m: m.graph.node[0].ClearField("op_type"))
broken("domain-not-imported", network, lambda m: m.graph.node[0].__setattr__("domain", "com.example"))

# One tensor of each type, as numbers and as bytes.
def all_types():
    made = []
    for number in [*range(1, 14), 16, *range(17, 27)]:
        name = T.DataType.Name(number).lower()
        if number == T.STRING:
            made.append(h.make_tensor(name, number, [3], [b"a", b"", b"c"]))
            continue
        made.append(h.make_tensor(name, number, [3], [1, 0, 1]))
        bits = 4 if number in (21, 22, 23) else 2 if number in (25, 26) else None
        size = (3 * bits + 7) // 8 if bits else 3 * np.dtype(h.tensor_dtype_to_np_dtype(number)).itemsize
        made.append(h.make_tensor(f"{name}_raw", number, [3], b"\0" * size, raw=True))
    made.append(h.make_tensor("complex64", T.COMPLEX64, [2], [1 + 1j, 0]))
    made.append(h.make_tensor("complex128", T.COMPLEX128, [2], [1 + 1j, 0]))
    made.append(h.make_tensor("negative", T.INT64, [2], [-1, 2**40]))
    made.append(h.make_tensor("scalar", T.FLOAT, [], [1.0]))
    made.append(h.make_tensor("nothing", T.FLOAT, [0, 5], []))
    return made


types_graph = h.make_graph(
    [h.make_node("Identity", ["x"], ["y"])], "types", [value("x")], [value("y")], all_types()
)
# Types younger than the operators that the checker knows at OPSET are not used by any of them.
types = h.make_model(types_graph, opset_imports=[h.make_opsetid("", 25)], ir_version=13)
save("types", types)


def tensor(m, name):
    return next(one for one in m.graph.initializer if one.name == name)


broken("float-too-few", types, lambda m: tensor(m, "float").float_data.pop())
broken("int64-too-few", types, lambda m: tensor(m, "int64").int64_data.pop())
broken("int4-too-many", types, lambda m: tensor(m, "int4").int32_data.append(1))
broken("string-too-few", types, lambda m: tensor(m, "string").string_data.pop())
broken("string-raw", types, lambda m: tensor(m, "string").__setattr__("raw_data", b"abc"))
broken("store-of-other-type", types, lambda m: tensor(m, "float").int32_data.append(1))
broken("scalar-without-data", types, lambda m: tensor(m, "scalar").ClearField("float_data"))

# Graphs inside of nodes, which see the values around them.
branch = lambda add, name: h.make_graph(
    [h.make_node("Add" if add else "Sub", ["x", "w"], [name])], name, [], [value(name)],
    [nh.from_array(np.ones(4, np.float32), f"own_{name}")],
)
if_graph = h.make_graph(
    [
        h.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
        h.make_node("Greater", ["sum", "zero"], ["positive"]),
        h.make_node("If", ["positive"], ["y"], name="choose", then_branch=branch(True, "more"),
                    else_branch=branch(False, "less")),
    ],
    "if", [value("x")], [value("y")],
    [nh.from_array(np.ones(4, np.float32), "w"), nh.from_array(np.float32(0), "zero")],
)
if_model = good("if", model_of(if_graph))
broken("branch-input-unresolved", if_model,
       lambda m: m.graph.node[2].attribute[0].g.node[0].input.__setitem__(1, "nowhere"))
broken("branch-output-not-made", if_model,
       lambda m: m.graph.node[2].attribute[0].g.output[0].__setattr__("name", "z"))
broken("branch-initializer", if_model,
       lambda m: m.graph.node[2].attribute[1].g.initializer[0].__setattr__("raw_data", b"\0"))
broken("branch-value-leaks", if_model, lambda m: m.graph.output[0].__setattr__("name", "more"))

loop_body = h.make_graph(
    [h.make_node("Add", ["before", "step"], ["after"]), h.make_node("Identity", ["go"], ["go_on"])],
    "body",
    [value("i", T.INT64, []), value("go", T.BOOL, []), value("before", shape=[4])],
    [value("go_on", T.BOOL, []), value("after", shape=[4])],
)
good("loop", model_of(h.make_graph(
    [h.make_node("Loop", ["count", "", "start"], ["y"], body=loop_body)], "loop",
    [value("start", shape=[4])], [value("y", shape=[4])],
    [nh.from_array(np.int64(3), "count"), nh.from_array(np.ones(4, np.float32), "step")],
)))
scan_body = h.make_graph(
    [h.make_node("Add", ["sum_in", "next"], ["sum_out"]),
     h.make_node("Identity", ["sum_out"], ["each"])],
    "scan_body", [value("sum_in", shape=[4]), value("next", shape=[4])],
    [value("sum_out", shape=[4]), value("each", shape=[4])],
)
scan = good("scan", model_of(h.make_graph(
    [h.make_node("Scan", ["start", "x"], ["total", "y"], body=scan_body, num_scan_inputs=1)],
    "scan", [value("start", shape=[4]), value("x")], [value("total", shape=[4]), value("y")],
)))
broken("scan-body", scan, lambda m: m.graph.node[0].attribute[0].g.node[1].input.__setitem__(0, "i"))

# A constant, a sparse initializer, a function, an operator of somebody's own.
constant = nh.from_array(np.ones(4, np.float32), "c")
constants = good("constant", model_of(h.make_graph(
    [h.make_node("Constant", [], ["c"], name="ones", value=constant), h.make_node("Add", ["x", "c"], ["y"])],
    "constant", [value("x")], [value("y")],
)))
broken("constant-too-short", constants,
       lambda m: m.graph.node[0].attribute[0].t.__setattr__("raw_data", b"\0" * 15))

sparse = h.make_sparse_tensor(
    h.make_tensor("w", T.FLOAT, [2], [1.0, 2.0]), h.make_tensor("at", T.INT64, [2], [0, 3]), [4])
sparse_graph = h.make_graph([h.make_node("Add", ["x", "w"], ["y"])], "sparse", [value("x")], [value("y")])
sparse_graph.sparse_initializer.append(sparse)
sparse_model = good("sparse", model_of(sparse_graph))
broken("sparse-indices", sparse_model,
       lambda m: m.graph.sparse_initializer[0].indices.int64_data.pop())

custom_sets = [h.make_opsetid("", OPSET), h.make_opsetid("com.example.ops", 1)]
twice = h.make_function(
    "com.example.ops", "Twice", ["a"], ["b"], [h.make_node("Add", ["a", "a"], ["b"])], custom_sets[:1])
function = good("function", model_of(h.make_graph(
    [h.make_node("Twice", ["x"], ["y"], domain="com.example.ops")], "f", [value("x")], [value("y")],
), custom_sets, functions=[twice]))
broken("function-input", function, lambda m: m.functions[0].node[0].input.__setitem__(1, "x"))
broken("function-output", function, lambda m: m.functions[0].output.__setitem__(0, "z"))
good("custom-domain", model_of(h.make_graph(
    [h.make_node("Own", ["x"], ["y"], domain="com.example.ops")], "own", [value("x")], [value("y")],
), custom_sets))

# Weights outside of the file.
outside = deepcopy(network)
onnx.external_data_helper.convert_model_to_external_data(
    outside, all_tensors_to_one_file=True, location="outside.bin", size_threshold=0)
(HERE / "outside.bin").unlink(missing_ok=True)
onnx.save(outside, str(HERE / "outside.onnx"))
onnx.checker.check_model(str(HERE / "outside.onnx"))
outside = onnx.load(str(HERE / "outside.onnx"), load_external_data=False)


def entry(key, text):
    def change(m):
        data = m.graph.initializer[0].external_data
        found = [one for one in data if one.key == key] or [data.add(key=key)]
        found[0].value = text
    return change


def without(key):
    def change(m):
        data = m.graph.initializer[0].external_data
        for at, one in enumerate(data):
            if one.key == key:
                del data[at]
                return
    return change


broken("outside-traversal", outside, entry("location", "../models/outside.bin"))
broken("outside-absolute", outside, entry("location", "/etc/passwd"))
broken("outside-backslash", outside, entry("location", "..\\outside.bin"))
broken("outside-missing", outside, entry("location", "elsewhere.bin"))
broken("outside-nowhere", outside, without("location"))
broken("outside-beyond-end", outside, entry("offset", "100000"))
broken("outside-length", outside, entry("length", "44"))
broken("outside-offset", outside, entry("offset", "-1"))
without_length = deepcopy(outside)
without("length")(without_length)
without("offset")(without_length)
save("outside-no-length", without_length)

# What is no ONNX at all.
(HERE / "broken-empty.onnx").write_bytes(b"")
(HERE / "broken-pickle.onnx").write_bytes(pickle.dumps(forest.estimators_[0].get_params()))
(HERE / "broken-text.onnx").write_bytes(b"not a model\n")
whole = logistic.SerializeToString()
(HERE / "broken-truncated.onnx").write_bytes(whole[: len(whole) * 2 // 3])

for name in sorted(os.listdir(HERE)):
    assert os.path.getsize(HERE / name) < 20_000, name
    print(name, os.path.getsize(HERE / name))
