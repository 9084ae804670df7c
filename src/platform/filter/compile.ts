import type { Knex } from 'knex';
import type { Dialect } from '../db/dialect.js';
import { compareInteger, integerBinding } from './integers.js';
import type { Comparison } from './language.js';
import {
  addWhere,
  type Column,
  type Compare,
  type Composed,
  type Fragment,
  type FragmentBinding,
  type RowSource,
  type Storage,
} from './storage.js';

/** What of a database the compiled conditions depend on. */
export type PatternDialect = Pick<Dialect, 'like' | 'ilike' | 'rlike' | 'askedEach'>;

/**
 * Adds the conditions of a filter, and those that hold for the entity without one, to a query.
 * @param builder selects from the entity's table
 * @param comparisons as `parseFilter` returned them for the same vocabulary
 */
export function applyFilter(
  builder: Knex.QueryBuilder,
  comparisons: readonly Comparison[],
  { storage }: { readonly storage: Storage },
  dialect: PatternDialect,
): void {
  for (const condition of conditionsOf(comparisons, storage, dialect)) {
    addWhere(builder, condition);
  }
}

/**
 * Rows of other tables that a database is left to join as it likes: the time to find the best order
 * grows with the third power of them, and 60 took it ten seconds.
 */
const MOST_JOINED = 8;

/** @returns the conditions of a filter, all of which must hold */
export function conditionsOf(
  comparisons: readonly Comparison[],
  storage: Storage,
  dialect: PatternDialect,
): Fragment[] {
  const comparing =
    (comparison: Comparison): Compare =>
    (column, type) =>
      compare(comparison, column, type, dialect);
  const narrowed = storage.narrow?.(comparisons, comparing) ?? { comparisons, conditions: [] };
  const joined = narrowed.comparisons.length <= MOST_JOINED;
  const compiled = narrowed.comparisons.map((comparison) =>
    compile(comparison, storage.filterBy(comparison), dialect, joined),
  );
  return [...compiled, ...narrowed.conditions];
}

function compile(
  comparison: Comparison,
  source: Column | RowSource | Composed,
  dialect: PatternDialect,
  joined: boolean,
): Fragment {
  if ('compose' in source) {
    return source.compose((column, type) => compare(comparison, column, type, dialect));
  }
  if (!('from' in source)) return compare(comparison, source.sql, source.type, dialect);
  const rows = `select 1 from ${source.from} where ${source.where}`;
  const asked = (select: string) => {
    if (!joined) return `${select} limit 1 offset 0`;
    return source.isOne ? dialect.askedEach(select) : select;
  };
  const { operator } = comparison;
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') {
    const not = operator === 'IS NULL' ? 'not ' : '';
    return { sql: `${not}exists (${asked(rows)})`, bindings: source.bindings };
  }
  const { sql, bindings } = compare(comparison, source.value, source.type, dialect);
  const condition = source.nan === undefined ? sql : withNan(operator, sql, source.nan);
  return {
    sql: `exists (${asked(`${rows} and ${condition}`)})`,
    bindings: [...source.bindings, ...bindings],
  };
}

/** NaN is stored as 0 with a mark: the 0 must not compare, and NaN differs from every number. */
const withNan = (operator: Comparison['operator'], sql: string, nan: string): string =>
  operator === '!=' ? `(${nan} = 1 or ${sql})` : `${nan} = 0 and ${sql}`;

/** @returns the condition of a comparison on a column of the given type */
export function compare(
  { operator, value }: Comparison,
  column: string,
  type: Column['type'],
  dialect: PatternDialect,
): Fragment {
  if (Array.isArray(value)) {
    const bindings = (value as readonly (string | bigint)[]).map(bind);
    if (bindings.length === 0) {
      return { sql: operator === 'IN' ? '1 = 0' : '1 = 1', bindings };
    }
    const places = bindings.map(() => '?').join(', ');
    return { sql: `${column} ${operator === 'IN' ? 'in' : 'not in'} (${places})`, bindings };
  }
  if (operator === 'LIKE') return { sql: dialect.like(column), bindings: [String(value)] };
  if (operator === 'ILIKE') return { sql: dialect.ilike(column), bindings: [String(value)] };
  if (operator === 'RLIKE') return dialect.rlike(column, String(value));
  if (type === 'integer') return compareInteger(column, operator, value as bigint | number);
  const sign = operator === '!=' ? '<>' : operator;
  return { sql: `${column} ${sign} ?`, bindings: [bind(value as string | number)] };
}

const bind = (value: string | number | bigint): FragmentBinding =>
  typeof value === 'bigint' ? integerBinding(value) : value;
