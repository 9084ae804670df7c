import { LAST_OPSET, OPERATORS } from './operators.js';
import { quoted } from './problems.js';
import {
  type FunctionMessage,
  type NodeMessage,
  type OperatorSetMessage,
  toBigInt,
} from './schema.js';

/** Runtimes still know them, although they were experiments that never came into a version. */
const EXPERIMENTS: ReadonlySet<string> = new Set([
  ...['ATen', 'Affine', 'Crop', 'DynamicSlice', 'GRUUnit', 'GivenTensorFill', 'ImageScaler'],
  ...['ParametricSoftplus', 'Scale', 'ScaledTanh'],
]);

/** The operators of ONNX itself go by two names. */
export const plainDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** Knows which operators the versions have that a model imports; of other domains it says nothing. */
export class OperatorCheck {
  readonly #versions: ReadonlyMap<string, number>;
  readonly #own: ReadonlySet<string>;

  /** @param functions of the model, each of which is an operator */
  constructor(sets: readonly OperatorSetMessage[], functions: readonly FunctionMessage[]) {
    this.#versions = new Map(
      sets.map(({ domain, version }) => [plainDomain(domain), Number(toBigInt(version))]),
    );
    this.#own = new Set(functions.map(({ domain, name }) => key(plainDomain(domain), name)));
  }

  imports(domain: string): boolean {
    return this.#versions.has(plainDomain(domain));
  }

  /** @returns what is wrong with a node's operator; undefined where nothing is known to be */
  problemOf({ opType, domain, input, output }: NodeMessage): string | undefined {
    const where = plainDomain(domain);
    const version = this.#versions.get(where);
    const known = OPERATORS[where];
    if (version === undefined || known === undefined || opType === '') return undefined;
    if (version > (LAST_OPSET[where] ?? 0) || this.#own.has(key(where, opType))) return undefined;
    if (where === '' && EXPERIMENTS.has(opType)) return undefined;
    const told = Object.hasOwn(known, opType) ? known[opType] : undefined;
    const set = where === '' ? 'ONNX' : where;
    if (told === undefined) return `is of the operator ${quoted(opType)}, which ${set} has not`;
    const steps = told.split(' ').map((step) => step.split(':') as [string, string]);
    const [first] = steps;
    const [, form] = steps.findLast(([since]) => Number(since) <= version) ?? [];
    if (form === undefined) {
      return `is of the operator ${quoted(opType)}, which ${set} has from version ${first?.[0]} on, and the model imports ${version}`;
    }
    if (form === 'gone') {
      return `is of the operator ${quoted(opType)}, which ${set} ${version} has no more`;
    }
    const [takes = '', makes = ''] = form.split('>');
    return (
      unfit(`takes`, input.length, takes, 'inputs', opType) ??
      unfit(`makes`, output.length, makes, 'outputs', opType)
    );
  }
}

const key = (domain: string, name: string): string => `${domain}:${name}`;

function unfit(
  verb: string,
  count: number,
  range: string,
  what: string,
  operator: string,
): string | undefined {
  const [least = '', most = least] = range.split('-');
  const isFit = count >= Number(least) && (most === '' || count <= Number(most));
  if (isFit) return undefined;
  const meant = most === '' ? `${least} or more` : least === most ? least : `${least} to ${most}`;
  return `${verb} ${count} ${what}, and ${quoted(operator)} has ${meant}`;
}
