import { type Dialect, driverCode, type JsonMember } from './dialect.js';
import { toPostgresPattern } from './pattern.js';

const members = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([name, expression]) => `${expression} as "${name}"`)
    .join(', ');

function asText(member: JsonMember): string {
  if ('json' in member) return `cast(${member.json} as text)`;
  if ('integer' in member) return `cast(${member.integer} as text)`;
  const { double, isNan } = member;
  return `case when ${isNan} = 1 then '"NaN"' else cast(${double} as text) end`;
}

/** Classes of SQLSTATE that pass by themselves: connection, shutdown, too many connections. */
const PASSING = /^(08...|57P0[123]|53[0-3]00|58030|40001|40P01)$/;
const NETWORK = /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)$/;

/** PostgreSQL 14 to 18. */
export const postgresDialect: Dialect = {
  maxBindings: 65_535,
  forUpdate: ' for update',
  forUpdateSkipLocked: ' for update skip locked',
  numberBehind: (table, column) =>
    `select setval(pg_get_serial_sequence('${table}', '${column}'), ` +
    `greatest((select max(${column}) from ${table}), 1))`,
  // An offset keeps the planner from joining in another way. Without statistics, as of a table that
  // was just filled, it takes every table for a small one and reads it as a whole for each row.
  lookUp: (table, key, value) =>
    `cross join lateral (select * from ${table} where ${key} = ${value} offset 0) as ${table}`,
  // Its statistics tell.
  likely: (condition) => condition,
  askedEach: (select) => `${select} offset 0`,
  like: (column) => `${column} like ? escape ''`,
  ilike: (column) => `${column} ilike ? escape ''`,
  rlike: (column, pattern) => ({ sql: `${column} ~ ?`, bindings: [toPostgresPattern(pattern)] }),
  isOneOf: (column, values) => ({
    sql: `${column} = any(cast(? as bigint[]))`,
    bindings: [`{${values.join(',')}}`],
  }),
  isOneOfText: (column, values) => ({
    sql: `${column} in (select jsonb_array_elements_text(cast(? as jsonb)))`,
    bindings: [JSON.stringify(values)],
  }),
  // Rows become objects in less time than by json_build_object, and an index may have their order.
  jsonObjects: (of, from, orderBy) =>
    `(select coalesce(json_agg(listed)::text, '[]') from (select ${members(of)} from ${from} order by ${orderBy}) as listed)`,
  // Text is put together in an eighth of the time that rows take to become objects, as long as no
  // JSON value is made for it.
  jsonRows: (of) => {
    const parts = Object.entries(of).map(
      ([name, member], at) => `'${at === 0 ? '{' : ','}"${name}":' || ${asText(member)}`,
    );
    return `string_agg(${parts.join(' || ')} || '}', ',')`;
  },
  jsonMap: (key, value, from) =>
    `(select coalesce(json_object_agg(${key}, ${value} order by ${key})::text, '{}') from ${from})`,
  jsonDouble: (value, isNan) =>
    `case when ${isNan} = 1 then to_json('NaN'::text) else to_json(${value}) end`,
  jsonValue: (text) => `(${text})::json`,
  isUniqueViolation: (error) => driverCode(error) === '23505',
  isConstraintViolation: (error) => /^23\d{3}$/.test(driverCode(error)),
  isFull: (error) => driverCode(error) === '53100',
  isUnavailable: (error) => {
    const code = driverCode(error);
    return (
      PASSING.test(code) ||
      NETWORK.test(code) ||
      (error instanceof Error &&
        /Connection terminated|not queryable|timeout exceeded/.test(error.message))
    );
  },
};
