import { createHash } from 'node:crypto';
import { readDocument } from '../documents/read-document.js';
import { isObject } from '../documents/unfit.js';
import { type Signature, type SignatureField, typeName } from '../model-signature/signature.js';
import type { ContractReference } from './lineage.js';
import { type ColumnType, type ContractColumn, columnsOf } from './odcs.js';

/** What is known of the data contract of a version. */
export interface ContractFacts {
  /** `named` where tags name a contract whose text the server has not. */
  readonly state: 'absent' | 'named' | 'kept' | 'broken' | 'unreadable';
  /** What doesn't fit, one sentence each. */
  readonly problems: readonly string[];
  /** The inputs of the model that the contract does not promise, or promises as something else. */
  readonly columns?: readonly string[];
  /** Whether there is nothing to compare, for want of a signature. */
  readonly isUnsigned?: boolean;
  /** SHA-256 of the contract's text; of a named one, what the tag says. */
  readonly digest?: string | undefined;
  readonly uri?: string | undefined;
}

/** A contract may describe many tables. Texts near the bound take a second: read them elsewhere. */
const CONTRACT_LIMITS = { characters: 400_000, depth: 32, values: 50_000 };

/** A table may have thousands of columns, and a version keeps what is wrong with them. */
const MOST_PROBLEMS = 200;
const MOST_COLUMNS = 1_000;

/** The artifact of a run or a model that is a contract. */
export const CONTRACT_FILE = 'data_contract.yaml';

/** Which columns a type of MLflow may be filled from. */
const FILLED_FROM: Readonly<Record<string, readonly ColumnType[]>> = {
  integer: ['integer', 'number'],
  long: ['integer', 'number'],
  float: ['number', 'integer'],
  double: ['number', 'integer'],
  string: ['string'],
  boolean: ['boolean'],
  binary: ['binary', 'string'],
  datetime: ['timestamp', 'date'],
  object: ['object'],
  map: ['object'],
  array: ['array'],
};

/**
 * Checks that a model takes nothing but what its data contract promises: each named input is a
 * column, of a type that it can be filled from.
 *
 * @param content text of the contract, where there is one
 * @param reference what tags say of it
 */
export function checkContract(
  content: string | Uint8Array | undefined,
  reference: ContractReference | undefined,
  signature: Signature | undefined,
): ContractFacts {
  const uri = reference?.uri;
  if (content === undefined) {
    if (reference === undefined) return { state: 'absent', problems: [] };
    return { state: 'named', problems: [], digest: reference.sha256?.toLowerCase(), uri };
  }
  const digest = createHash('sha256').update(content).digest('hex');
  const known = { digest, uri };
  const read = readDocument(content, CONTRACT_LIMITS);
  if (!read.ok) return { state: 'unreadable', problems: [read.problem], ...known };
  const columns = columnsOf(read.value);
  if (columns === undefined) {
    const problem = 'It is no contract of the Open Data Contract Standard: it has no schema.';
    return { state: 'unreadable', problems: [problem], ...known };
  }
  const unfit = inputProblems(columns, signature);
  const problems = [
    ...digestProblems(digest, reference),
    ...unfit.slice(0, MOST_PROBLEMS).map(({ problem }) => problem),
  ];
  if (problems.length === 0) return { state: 'kept', problems, ...known };
  const named = unfit.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const isUnsigned = signature?.inputs === undefined;
  const columnsTold = named.slice(0, MOST_COLUMNS);
  return { state: 'broken', problems, columns: columnsTold, isUnsigned, ...known };
}

function digestProblems(digest: string, reference: ContractReference | undefined): string[] {
  const stated = reference?.sha256?.toLowerCase();
  if (stated === undefined || stated === digest) return [];
  return [`The tag data_contract.sha256 is ${stated.slice(0, 64)}, the contract's is ${digest}.`];
}

/** An input that is not as the contract says; without a column where there are no inputs at all. */
interface UnfitInput {
  readonly column?: string;
  readonly problem: string;
}

function inputProblems(
  columns: readonly ContractColumn[],
  signature: Signature | undefined,
): UnfitInput[] {
  const inputs = signature?.inputs;
  if (inputs === undefined) {
    return [{ problem: "The model's signature names no inputs to compare." }];
  }
  return inputs
    .filter(({ name }) => !name.startsWith('#'))
    .flatMap((input) => {
      const promised = columns.filter(({ name }) => name === input.name);
      const column = input.name;
      if (promised.length === 0) {
        return [{ column, problem: `The input '${column}' is not in the contract.` }];
      }
      if (promised.some(({ type }) => isCompatible(input, type))) return [];
      const types = [...new Set(promised.map(({ type }) => type))].join(' or ');
      const is = typeName(input.type);
      return [{ column, problem: `The input '${column}' is ${is}, the contract says ${types}.` }];
    });
}

/** What is not known to be wrong is let pass. */
function isCompatible({ type }: SignatureField, column: ColumnType | undefined): boolean {
  if (column === undefined) return true;
  const tensor = type['tensor-spec'];
  if (isObject(tensor)) {
    const isList = Array.isArray(tensor.shape) && tensor.shape.length > 1;
    return (isList && column === 'array') || columnsForDtype(String(tensor.dtype), column);
  }
  const allowed = Object.hasOwn(FILLED_FROM, String(type.type))
    ? FILLED_FROM[String(type.type)]
    : undefined;
  return allowed === undefined || allowed.includes(column);
}

function columnsForDtype(dtype: string, column: ColumnType): boolean {
  if (/^(?:u?int|float)/.test(dtype)) return column === 'integer' || column === 'number';
  if (dtype === 'bool') return column === 'boolean';
  if (dtype.startsWith('datetime')) return column === 'timestamp' || column === 'date';
  return /^(?:str|object|bytes)/.test(dtype) ? column === 'string' : true;
}
