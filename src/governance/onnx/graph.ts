import { OperatorCheck } from './operator-check.js';
import { type Problems, quoted } from './problems.js';
import type {
  FunctionMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  SparseTensorMessage,
  TensorMessage,
} from './schema.js';
import { type TensorCheck, tensorName } from './tensors.js';

/** The names that are known at a place of a graph, with those of the graphs around it. */
class Scope {
  readonly #names = new Set<string>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.#outer?.has(name) ?? false);
  }

  /** @returns false when the name stands for a value of this graph already */
  add(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }
}

/**
 * Looks at graphs: every value that a node takes must have been made before, every output of the
 * graph must have been made, and all tensors are what they say.
 */
export class GraphCheck {
  readonly #problems: Problems;
  readonly #tensors: TensorCheck;
  readonly #functions: readonly FunctionMessage[];
  #operators: OperatorCheck;

  constructor(
    problems: Problems,
    tensors: TensorCheck,
    { opsetImport, functions }: Pick<ModelMessage, 'opsetImport' | 'functions'>,
  ) {
    this.#problems = problems;
    this.#tensors = tensors;
    this.#functions = functions;
    this.#operators = new OperatorCheck(opsetImport, functions);
  }

  checkMain(graph: GraphMessage): void {
    const scope = new Scope();
    this.#checkGraph(graph, scope, 'The graph');
    if (graph.output.length === 0) this.#problems.add('The graph has no outputs');
  }

  /** A function of the model is a graph whose values have no types. */
  checkFunction(fun: FunctionMessage): void {
    const outer = this.#operators;
    if (fun.opsetImport.length > 0) {
      this.#operators = new OperatorCheck(fun.opsetImport, this.#functions);
    }
    const what = `Function ${quoted(fun.name)}`;
    const scope = new Scope();
    for (const name of fun.input) this.#define(scope, name, `${what} has two inputs`);
    this.#checkNodes(fun.node, scope);
    this.#checkOutputs(fun.output, scope, what);
    this.#operators = outer;
  }

  #checkGraph(graph: GraphMessage, scope: Scope, what: string): void {
    for (const { name } of graph.input) {
      if (name === '') this.#problems.add(`${what} has an input without a name`);
      else this.#define(scope, name, `${what} has two inputs`);
    }
    this.#checkInitializers(graph, scope);
    this.#checkNodes(graph.node, scope);
    const outputs = graph.output.map(({ name }) => name);
    this.#checkOutputs(outputs, scope, what);
  }

  #checkInitializers(graph: GraphMessage, scope: Scope): void {
    const own = new Scope();
    const sparse = graph.sparseInitializer.map(({ values }) => values?.name ?? '');
    for (const name of [...graph.initializer.map((tensor) => tensor.name), ...sparse]) {
      if (name === '') this.#problems.add('An initializer has no name');
      else this.#define(own, name, 'There are two initializers');
      // It may be an input as well, and is then what the input is by default.
      scope.add(name);
    }
    for (const tensor of graph.initializer) this.#tensors.check(tensor, tensorName(tensor));
    for (const tensor of graph.sparseInitializer) this.#checkSparse(tensor);
  }

  #checkNodes(nodes: readonly NodeMessage[], scope: Scope): void {
    for (const node of nodes) {
      const what = nodeName(node);
      if (node.opType === '') this.#problems.add(`${what} has no operator`);
      const problem = this.#operators.problemOf(node);
      if (problem !== undefined) this.#problems.add(`${what} ${problem}`);
      if (!this.#operators.imports(node.domain)) {
        this.#problems.add(
          `${what} is of the domain ${quoted(node.domain)}, which is not imported`,
        );
      }
      for (const name of node.input) {
        // An empty name stands for an input that is left out.
        if (name === '' || scope.has(name)) continue;
        this.#problems.add(
          `${what} takes ${quoted(name)}, which is no input, no initializer and no earlier output`,
        );
      }
      this.#checkAttributes(node, scope, what);
      for (const name of node.output) {
        if (name !== '') this.#define(scope, name, 'Two values have one name');
      }
    }
  }

  #checkAttributes({ attribute }: NodeMessage, scope: Scope, what: string): void {
    for (const one of attribute) {
      const where = `Attribute ${quoted(one.name)} of ${what}`;
      for (const tensor of present<TensorMessage>(one.t, one.tensors)) {
        this.#tensors.check(tensor, where);
      }
      for (const tensor of present<SparseTensorMessage>(one.sparseTensor, one.sparseTensors)) {
        this.#tensors.checkSparse(tensor, where);
      }
      for (const graph of present<GraphMessage>(one.g, one.graphs)) {
        this.#checkGraph(graph, new Scope(scope), where);
      }
    }
  }

  #checkSparse(tensor: SparseTensorMessage): void {
    const name = tensor.values === null ? 'A sparse initializer' : tensorName(tensor.values);
    this.#tensors.checkSparse(tensor, name);
  }

  #checkOutputs(outputs: readonly string[], scope: Scope, what: string): void {
    for (const name of outputs) {
      if (!scope.has(name)) {
        this.#problems.add(`${what} has the output ${quoted(name)}, which nothing makes`);
      }
    }
  }

  #define(scope: Scope, name: string, problem: string): void {
    if (!scope.add(name)) this.#problems.add(`${problem}: ${quoted(name)}`);
  }
}

const present = <T>(one: T | null, more: readonly T[]): readonly T[] =>
  one === null ? more : [one, ...more];

const nodeName = ({ name, opType }: NodeMessage): string =>
  name === '' ? `A node ${quoted(opType)}` : `Node ${quoted(name)}`;
