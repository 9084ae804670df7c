import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { isObject } from '../documents/unfit.js';

/** Types of columns that are told apart; the logical types of the Open Data Contract Standard. */
export type ColumnType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'object'
  | 'array'
  | 'binary';

/** A column that a contract promises; its type is undefined where nothing known is said. */
export interface ContractColumn {
  readonly name: string;
  readonly type: ColumnType | undefined;
}

/** What the names of types in databases and formats mean, in the order in which they are tried. */
const NAMES: readonly (readonly [RegExp, ColumnType])[] = [
  [/^(?:array|list|repeated|vector)/, 'array'],
  [/^(?:json|struct|object|variant|map|record|row)/, 'object'],
  [/^(?:big|small|tiny|medium|u)?int|^(?:integer|long|short|byteint|serial|bigserial)/, 'integer'],
  [/^(?:num|dec|float|double|real|money)/, 'number'],
  [/^(?:bool)/, 'boolean'],
  [/^(?:timestamp|datetime)/, 'timestamp'],
  [/^date/, 'date'],
  [/^time/, 'time'],
  [/^(?:n?var)?char|^(?:text|string|uuid|clob|enum|nchar)/, 'string'],
  [/^(?:blob|(?:var)?binary|bytea|bytes)/, 'binary'],
];

function typeOf(column: JsonObject): ColumnType | undefined {
  for (const key of ['logicalType', 'physicalType', 'type']) {
    const name = column[key];
    if (typeof name !== 'string') continue;
    const lower = name.trim().toLowerCase();
    const known = NAMES.find(([pattern]) => pattern.test(lower));
    if (known !== undefined) return known[1];
  }
  return undefined;
}

const listed = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/**
 * Reads the columns of a contract of the Open Data Contract Standard: `schema[].properties[]` of
 * version 3, `dataset[].columns[]` of version 2.
 *
 * @returns undefined where it is no such contract
 */
export function columnsOf(contract: JsonValue): readonly ContractColumn[] | undefined {
  if (!isObject(contract)) return undefined;
  if (!Array.isArray(contract.schema) && !Array.isArray(contract.dataset)) return undefined;
  const tables = [...listed(contract.schema), ...listed(contract.dataset)];
  return tables
    .flatMap((table) => [...listed(table.properties), ...listed(table.columns)])
    .flatMap((column) => {
      const name = column.name ?? column.column;
      return typeof name === 'string' ? [{ name, type: typeOf(column) }] : [];
    });
}
