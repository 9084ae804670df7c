import type { Row, Value } from '../family.js';

/** Tags and metadata of traces that MLflow 3.17 keeps in columns of the trace. */
export const NAME = 'mlflow.traceName';
export const SESSION = 'mlflow.trace.session';
export const USAGE = 'mlflow.trace.tokenUsage';
export const COST = 'mlflow.trace.cost';

export const TOKENS = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation_input_tokens_above_1hr',
] as const;
export const COSTS = ['input_cost', 'output_cost', 'total_cost'] as const;

const INTEGER = 2 ** 53;
let last: readonly [Value, Readonly<Record<string, unknown>>] = [null, {}];

/** @returns the members of JSON that is an object; none where it is not */
function members(text: Value): Readonly<Record<string, unknown>> {
  if (typeof text !== 'string') return {};
  // A trace is asked for each of its numbers.
  if (last[0] === text) return last[1];
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = {};
  }
  const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
  last = [text, isObject ? (found as Record<string, unknown>) : {}];
  return last[1];
}

/** @returns a number of tokens, if it is one that the column can hold */
export function tokenOf(usage: Value, name: string): number | null {
  const value = numberOf(members(usage)[name]);
  return value !== null && Number.isInteger(value) && Math.abs(value) <= INTEGER ? value : null;
}

export const costOf = (cost: Value, name: string): number | null => numberOf(members(cost)[name]);

function numberOf(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Whether a row of a trace's metadata is told by columns of the trace. */
export function isPromoted(row: Row): boolean {
  const { key, value = null } = row;
  if (key === SESSION) return true;
  if (key === USAGE) return TOKENS.some((name) => tokenOf(value, name) !== null);
  if (key === COST) return COSTS.some((name) => costOf(value, name) !== null);
  return false;
}

/** Whether a row of a trace's metadata tells more than the columns hold. */
export function losesMembers(row: Row): boolean {
  const { key, value = null } = row;
  if (key === SESSION || !isPromoted(row)) return false;
  const reads = (name: string) => (key === USAGE ? tokenOf(value, name) : costOf(value, name));
  const columns: readonly string[] = key === USAGE ? TOKENS : COSTS;
  return Object.entries(members(value)).some(
    ([name, member]) => member !== null && !(columns.includes(name) && reads(name) !== null),
  );
}

/** @returns the row as it reads when the numbers come from their columns */
export function asPromoted(row: Row): Row {
  const { key, value = null } = row;
  if (!isPromoted(row) || key === SESSION) return row;
  const numbers =
    key === USAGE
      ? TOKENS.map((name) => [name, tokenOf(value, name)] as const)
      : COSTS.map((name) => [name, costOf(value, name)] as const);
  const told = numbers.flatMap(([name, number]) => {
    if (number === null) return [];
    const text = key === COST && Number.isInteger(number) ? `${number}.0` : String(number);
    return [`"${name}": ${text}`];
  });
  return { ...row, value: `{${told.join(', ')}}` };
}
