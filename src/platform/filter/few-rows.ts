import type { Knex } from 'knex';
import type { Database } from '../db/database.js';
import type { Dialect } from '../db/dialect.js';
import { compare, type PatternDialect } from './compile.js';
import type { Comparison } from './language.js';
import { cut, literalPrefix, textBehind } from './prefixes.js';
import type { Fragment, IndexedRows, IndexedTexts, Storage } from './storage.js';

/**
 * So many rows are looked up one by one and sorted in two milliseconds. A comparison that keeps
 * more fills a page soon enough when rows are read in the order that is asked for.
 */
export const FEW = 2_000;

const RANGES: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=']);

/**
 * Asks an index how many rows each comparison keeps.
 *
 * @param few the most that count as few
 * @returns the rows that the most selective one keeps, if they are few: `select row from ...`
 */
export async function fewRows(
  { scan, dialect }: Database,
  comparisons: readonly Comparison[],
  storage: Storage,
  owner: number,
  few: number,
): Promise<Fragment | undefined> {
  const candidates = comparisons.flatMap((comparison) =>
    candidatesOf(comparison, storage, owner, dialect).map((rows) => atMost(rows, few + 1)),
  );
  if (candidates.length === 0) return undefined;
  const counts = candidates.map(
    ({ sql }, index) => `(select count(*) from (${sql}) as kept_${index}) as n_${index}`,
  );
  const row = await scan.first<Readonly<Record<string, number>>>({
    sql: `select ${counts.join(', ')}`,
    bindings: candidates.flatMap(({ bindings }) => [...bindings]),
  });
  const sizes = candidates.map((_, index) => Number(row?.[`n_${index}`]));
  const least = Math.min(...sizes);
  return least <= few ? candidates[sizes.indexOf(least)] : undefined;
}

/** Makes a query look at these rows alone. */
export function startWithFew(
  rows: Knex.QueryBuilder,
  { name, key }: NonNullable<Storage['table']>,
  { sql, bindings }: Fragment,
  { lookUp }: Pick<Dialect, 'lookUp'>,
): void {
  const joined = lookUp(name, key, 'few.row_key');
  rows.from(rows.client.raw(`(${sql}) as few ${joined}`, [...bindings]));
}

const atMost = ({ sql, bindings }: Fragment, rows: number): Fragment => ({
  sql: `${sql} limit ${Math.max(rows, 0)}`,
  bindings,
});

function candidatesOf(
  comparison: Comparison,
  storage: Storage,
  owner: number,
  dialect: PatternDialect,
): Fragment[] {
  const source = storage.filterBy(comparison);
  if (!('from' in source) || source.indexed === undefined) return [];
  const { indexed, from, bindings, value, type } = source;
  const part =
    'owner' in indexed ? ownedPart(comparison, indexed, owner) : textsPart(comparison, indexed);
  if (part === undefined) return [];
  const kept = compare(comparison, value, type, dialect);
  return [
    {
      sql: `select ${indexed.row} as row_key from ${from} where ${part.sql} and ${indexed.where} and ${kept.sql}`,
      bindings: [...part.bindings, ...bindings, ...kept.bindings],
    },
  ];
}

/** @returns which part of an index is meant; nothing if it is no part of it */
function ownedPart(
  { operator }: Comparison,
  { owner: column }: IndexedRows,
  owner: number,
): Fragment | undefined {
  return RANGES.has(operator) ? { sql: `${column} = ?`, bindings: [owner] } : undefined;
}

function textsPart(
  { operator, value }: Comparison,
  { beginning, length }: IndexedTexts,
): Fragment | undefined {
  if (operator === '=') return { sql: `${beginning} = ?`, bindings: [cut(String(value), length)] };
  if (operator !== 'LIKE') return undefined;
  const prefix = cut(literalPrefix(String(value)), length);
  const end = textBehind(prefix);
  if (end === undefined) return undefined;
  return { sql: `${beginning} >= ? and ${beginning} < ?`, bindings: [prefix, end] };
}
