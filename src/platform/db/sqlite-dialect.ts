import { type Dialect, driverCode, type JsonMember } from './dialect.js';
import { checkPattern } from './pattern.js';

const members = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([name, expression]) => `'${name}', ${expression}`)
    .join(', ');

const jsonDouble = (value: string, isNan: string): string =>
  `case when ${isNan} = 1 then 'NaN' else ${value} end`;
const jsonValue = (text: string): string => `json(${text})`;

function asValue(member: JsonMember): string {
  if ('json' in member) return jsonValue(member.json);
  return 'integer' in member ? member.integer : jsonDouble(member.double, member.isNan);
}

/** SQLite 3.44 or newer, with `case_sensitive_like` on. */
export const sqliteDialect: Dialect = {
  maxBindings: 32_766,
  forUpdate: '',
  // The one writer holds them all.
  forUpdateSkipLocked: '',
  numberBehind: () => undefined,
  // It keeps the order of a cross join.
  lookUp: (table, key, value) => `cross join ${table} on ${key} = ${value}`,
  likely: (condition) => `likely(${condition})`,
  askedEach: (select) => select,
  like: (column) => `${column} like ?`,
  ilike: (column) => `lower(${column}) like lower(?)`,
  rlike: (column, pattern) => ({
    sql: `${column} regexp ?`,
    bindings: [checkPattern(pattern)],
  }),
  isOneOf: (column, values) => ({
    sql: `${column} in (select value from json_each(?))`,
    bindings: [`[${values.join(',')}]`],
  }),
  isOneOfText: (column, values) => ({
    sql: `${column} in (select value from json_each(?))`,
    bindings: [JSON.stringify(values)],
  }),
  jsonObjects: (of, from, orderBy) =>
    `(select json_group_array(json_object(${members(of)}) order by ${orderBy}) from ${from})`,
  jsonRows: (of) => {
    const values = Object.entries(of).map(([name, member]) => [name, asValue(member)]);
    return `group_concat(json_object(${members(Object.fromEntries(values))}), ',')`;
  },
  jsonMap: (key, value, from) =>
    `(select json_group_object(${key}, ${value} order by ${key}) from ${from})`,
  jsonDouble,
  jsonValue,
  isUniqueViolation: (error) =>
    /^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE|ROWID)$/.test(driverCode(error)),
  isConstraintViolation: (error) => /^SQLITE_CONSTRAINT/.test(driverCode(error)),
  isUnavailable: (error) => /^SQLITE_(BUSY|LOCKED|FULL|IOERR)/.test(driverCode(error)),
  isFull: (error) => driverCode(error) === 'SQLITE_FULL',
};
