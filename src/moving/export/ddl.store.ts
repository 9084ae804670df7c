import type { ForeignDialect } from '../../platform/db/foreign-dialect.js';
import type { Column, Constraint, Table } from './schema-notation.js';

/** @returns the statements that make tables for rows to be put in */
export function creation(tables: readonly Table[], dialect: ForeignDialect): readonly string[] {
  return tables.map((table) => {
    const early = table.constraints.filter(({ kind }) => isEarly(kind, dialect));
    const lines = [
      ...[...table.columns.values()].map((column) => columnOf(column, dialect)),
      ...early.map(ruleOf),
    ];
    return `create table ${table.name} (${lines.join(', ')})`;
  });
}

/** @returns the statements that make what is not needed before the rows are there */
export function completion(tables: readonly Table[], dialect: ForeignDialect): readonly string[] {
  return tables.flatMap(({ name, constraints }) =>
    constraints
      .filter(({ kind }) => !isEarly(kind, dialect))
      .map((constraint) =>
        /index$/.test(constraint.kind)
          ? indexOf(name, constraint, dialect)
          : `alter table ${name} add ${ruleOf(constraint)}`,
      ),
  );
}

const isEarly = (kind: string, { addsRules }: ForeignDialect): boolean =>
  !/index$/.test(kind) && !(addsRules && kind === 'refers');

function columnOf(column: Column, { types, booleans }: ForeignDialect): string {
  const { name, type, limit, isRequired, byDefault, computed } = column;
  return [
    ...[name, `${types[type]}${limit === undefined ? '' : `(${limit})`}`],
    ...(byDefault === undefined ? [] : [`default ${booleans[byDefault] ?? byDefault}`]),
    ...(computed === undefined ? [] : [`generated always as (${computed}) stored`]),
    ...(isRequired ? ['not null'] : []),
  ].join(' ');
}

function ruleOf({ kind, name, rest }: Constraint): string {
  if (kind === 'key') return `constraint ${name} primary key ${rest}`;
  if (kind === 'unique') return `constraint ${name} unique ${rest}`;
  if (kind === 'check') return `constraint ${name} check (${rest})`;
  const parts = /^(\([^)]*\)) (.*)$/.exec(rest);
  return `constraint ${name} foreign key ${parts?.[1]} references ${parts?.[2]}`;
}

function indexOf(table: string, { kind, name, rest }: Constraint, dialect: ForeignDialect): string {
  const what = dialect.coversWithIndexes ? rest : rest.replace(/ include .*$/, '');
  return `create ${kind === 'unique-index' ? 'unique ' : ''}index ${name} on ${table} ${what}`;
}
