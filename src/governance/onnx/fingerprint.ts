import { createHash, type Hash } from 'node:crypto';
import { plainDomain } from './operator-check.js';
import {
  type AttributeMessage,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  type TensorMessage,
  toBigInt,
  type ValueInfoMessage,
} from './schema.js';

/** Names of values become numbers in the order in which they come up. */
class Numbers {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    if (name === '') return -1;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(name, next);
    return next;
  }
}

/**
 * What tells one architecture from another: the operators and how they are wired, the shapes of
 * what has been learned, inputs and outputs. Neither the values that were learned nor the names
 * inside count: the same network trained anew, or exported anew, has the same fingerprint.
 *
 * @returns SHA-256 in hex
 */
export function opsFingerprint(model: ModelMessage): string {
  const hash = createHash('sha256');
  for (const fun of model.functions) {
    const numbers = new Numbers();
    put(hash, ['function', fun.domain, fun.name, ...fun.input.map((name) => numbers.of(name))]);
    putNodes(hash, fun.node, numbers);
    put(hash, ['returns', ...fun.output.map((name) => numbers.of(name))]);
  }
  if (model.graph !== null) putGraph(hash, model.graph, new Numbers());
  return hash.digest('hex');
}

function putGraph(hash: Hash, graph: GraphMessage, numbers: Numbers): void {
  for (const input of graph.input) put(hash, ['input', numbers.of(input.name), ...typeOf(input)]);
  for (const tensor of graph.initializer) {
    put(hash, ['initializer', numbers.of(tensor.name), ...shapeOf(tensor)]);
  }
  for (const { values, dims } of graph.sparseInitializer) {
    const shape = dims.map((dim) => String(toBigInt(dim)));
    put(hash, ['sparse', numbers.of(values?.name ?? ''), values?.dataType ?? 0, ...shape]);
  }
  putNodes(hash, graph.node, numbers);
  for (const output of graph.output) {
    put(hash, ['output', numbers.of(output.name), ...typeOf(output)]);
  }
}

function putNodes(hash: Hash, nodes: readonly NodeMessage[], numbers: Numbers): void {
  for (const node of nodes) {
    const inputs = node.input.map((name) => numbers.of(name));
    put(hash, ['node', plainDomain(node.domain), node.opType, ...inputs]);
    // Exporters write attributes in any order.
    const attributes = [...node.attribute].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const attribute of attributes) putAttribute(hash, attribute, numbers);
    put(hash, ['makes', ...node.output.map((name) => numbers.of(name))]);
  }
}

function putAttribute(hash: Hash, attribute: AttributeMessage, numbers: Numbers): void {
  const tensors = attribute.t === null ? attribute.tensors : [attribute.t];
  put(hash, ['attribute', attribute.name, ...tensors.flatMap(shapeOf)]);
  const graphs = attribute.g === null ? attribute.graphs : [attribute.g];
  for (const graph of graphs) {
    put(hash, ['begin']);
    putGraph(hash, graph, numbers);
    put(hash, ['end']);
  }
}

const shapeOf = ({ dataType, dims }: TensorMessage): readonly (string | number)[] => [
  dataType,
  dims.length,
  ...dims.map((dim) => String(toBigInt(dim))),
];

/** Dimensions that are not fixed differ by name from export to export. */
function typeOf({ type }: ValueInfoMessage): readonly (string | number)[] {
  const tensor = type?.tensorType ?? null;
  if (tensor === null) return ['other'];
  const dims = tensor.shape?.dim.map((dim) =>
    dim.value === 'dimValue' ? String(toBigInt(dim.dimValue)) : '?',
  );
  return [tensor.elemType, ...(dims ?? ['any'])];
}

const put = (hash: Hash, parts: readonly (string | number)[]): void => {
  hash.update(`${JSON.stringify(parts)}\n`);
};
