import type { Expr, PatternElem, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Binding } from '../../platform/db/database.js';
import type { Caller } from '../../platform/http/operation.js';

/** A condition, and what is bound to it. */
export interface Condition {
  readonly sql: string;
  readonly bindings: readonly Binding[];
}

/** Who reads, and which SQL expressions hold the kind and the name of what is listed. */
export interface Row {
  readonly caller: Caller;
  readonly kind: Condition;
  readonly name: Condition;
  /** The roles of users, `u`, in the workspace of what is listed, `r`. */
  readonly roles: string;
}

/** A value that is known for all rows, or one that each row has of its own. */
type Value =
  | { readonly known: string | number | boolean }
  | (Condition & { readonly known?: undefined })
  | { readonly set: readonly Value[]; readonly known?: undefined };

/** A policy speaks of what lists can't be narrowed by. */
export class NotInSql extends Error {}

const TRUE: Value = { known: true };
const FALSE: Value = { known: false };

/** @returns whether a policy has a say in who reads what */
export function isAboutReading({ action }: PolicyJson): boolean {
  if (action.op === 'All') return true;
  const named = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  return named.some((one) => idOf(one) === 'read');
}

/**
 * Says in SQL when a policy applies to reading a row. Cedar decides about one thing at a time, and
 * a page of a list has to be full and its total right, so the query itself must leave out what
 * nobody may read.
 *
 * @returns a boolean where it is the same for all rows
 * @throws NotInSql
 */
export function appliesInSql(policy: PolicyJson, row: Row): boolean | Condition {
  const parts = [
    principalScope(policy.principal, row),
    resourceScope(policy.resource, row),
    ...policy.conditions.map(({ kind, body }) =>
      kind === 'when' ? evaluated(body, row) : not(evaluated(body, row)),
    ),
  ];
  const whole = parts.reduce(and);
  if (typeof whole.known === 'boolean') return whole.known;
  return asCondition(whole);
}

function principalScope(scope: PolicyJson['principal'], row: Row): Value {
  if (scope.op === 'All') return TRUE;
  if (scope.op === 'is') {
    const inside = scope.in === undefined ? TRUE : isPrincipal(entityOf(scope.in), row);
    return and({ known: scope.entity_type === 'User' }, inside);
  }
  return isPrincipal(entityOf(scope), row);
}

function resourceScope(scope: PolicyJson['resource'], row: Row): Value {
  if (scope.op === 'All') return TRUE;
  if (scope.op === 'is') {
    const inside = scope.in === undefined ? TRUE : isResource(entityOf(scope.in), row);
    return and({ known: scope.entity_type === 'Resource' }, inside);
  }
  return isResource(entityOf(scope), row);
}

interface Entity {
  readonly type: string;
  readonly id: string;
}

const entityOf = (constraint: object): Entity => {
  const { entity } = constraint as { readonly entity?: unknown };
  const named = entity as Entity | { readonly __entity: Entity } | undefined;
  if (named === undefined) throw new NotInSql('a slot');
  return '__entity' in named ? named.__entity : named;
};

const idOf = (entity: unknown): string => entityOf({ entity }).id;

/** `principal == User::"ann"`, or `principal in Role::"lead"`. */
function isPrincipal({ type, id }: Entity, { caller, roles }: Row): Value {
  if (type === 'User') return { known: caller.name === id };
  if (type !== 'Role') return FALSE;
  return {
    sql: `exists (select 1 from ${roles} where u.user_id = ? and r.name = ?)`,
    bindings: [caller.userId ?? -1, id],
  };
}

function isResource({ type, id }: Entity, { kind, name }: Row): Value {
  if (type !== 'Resource') return FALSE;
  const slash = id.indexOf('/');
  const [kindOf, nameOf] = [id.slice(0, Math.max(slash, 0)), id.slice(slash + 1)];
  return and(equal(kind, { known: kindOf }), equal(name, { known: nameOf }));
}

/** What conditions may be made of; each has one operator as its only key. */
function evaluated(expression: Expr, row: Row): Value {
  const [operator = '', operand] = Object.entries(expression)[0] ?? [];
  // biome-ignore lint/suspicious/noExplicitAny: Cedar has checked it, and each operator has its own form
  const of = operand as any;
  switch (operator) {
    case 'Value':
      return literal(of);
    case 'Set':
      return { set: (of as Expr[]).map((each) => evaluated(each, row)) };
    case '!':
      return not(evaluated(of.arg, row));
    case '&&':
      return and(evaluated(of.left, row), evaluated(of.right, row));
    case '||':
      return not(and(not(evaluated(of.left, row)), not(evaluated(of.right, row))));
    case 'if-then-else': {
      const condition = evaluated(of.if, row);
      const yes = and(condition, evaluated(of.then, row));
      return or(yes, and(not(condition), evaluated(of.else, row)));
    }
    case '==':
      return isEqual(of.left, of.right, row);
    case '!=':
      return not(isEqual(of.left, of.right, row));
    case 'in':
      return isIn(of.left, of.right, row);
    case 'is':
      return {
        known: variableOf(of.left) === (of.entity_type === 'User' ? 'principal' : 'resource'),
      };
    case 'has':
      return { known: HAS[variableOf(of.left) ?? '']?.includes(String(of.attr)) ?? false };
    case '.':
      return attribute(variableOf(of.left), of.attr, row);
    case 'like':
      return isLike(evaluated(of.left, row), of.pattern);
    case 'contains': {
      const all = evaluated(of.left, row);
      if (!('set' in all)) throw new NotInSql('contains');
      const one = evaluated(of.right, row);
      return all.set.map((each) => equal(each, one)).reduce(or, FALSE);
    }
    default:
      throw new NotInSql(operator);
  }
}

const HAS: Readonly<Record<string, readonly string[]>> = {
  principal: ['isAdmin', 'method'],
  resource: ['kind', 'name'],
  context: ['level', 'denied', 'granted', 'inScope', 'from', 'to', 'alias'],
};

function variableOf(expression: Expr): string | undefined {
  return 'Var' in expression ? String(expression.Var) : undefined;
}

function literal(value: unknown): Value {
  if (['string', 'number', 'boolean'].includes(typeof value)) {
    return { known: value as string | number | boolean };
  }
  throw new NotInSql(JSON.stringify(value).slice(0, 100));
}

function attribute(variable: string | undefined, name: string, { caller, ...row }: Row): Value {
  switch (`${variable}.${name}`) {
    case 'principal.isAdmin':
      return { known: caller.isAdmin };
    case 'principal.method':
      return { known: caller.method };
    case 'resource.kind':
      return row.kind;
    case 'resource.name':
      return row.name;
    // Who lists has come past what a token was made for, and moves nothing.
    case 'context.inScope':
      return TRUE;
    case 'context.granted':
      return FALSE;
    case 'context.from':
    case 'context.to':
    case 'context.alias':
      return { known: '' };
    default:
      throw new NotInSql(`${variable}.${name}`);
  }
}

/** `principal in Role::"lead"`, `resource in [...]`. */
function isIn(left: Expr, right: Expr, row: Row): Value {
  if ('Set' in right) {
    return (right.Set as Expr[]).map((each) => isIn(left, each, row)).reduce(or, FALSE);
  }
  const variable = variableOf(left);
  const entity = entityIn(right);
  if (entity === undefined) throw new NotInSql('in');
  if (variable === 'principal') return isPrincipal(entity, row);
  if (variable === 'resource') return isResource(entity, row);
  throw new NotInSql('in');
}

const entityIn = (expression: Expr): Entity | undefined => {
  const value = 'Value' in expression ? expression.Value : undefined;
  const isEntity = typeof value === 'object' && value !== null && '__entity' in value;
  return isEntity ? (value.__entity as Entity) : undefined;
};

function isEqual(left: Expr, right: Expr, row: Row): Value {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const entity = entityIn(other);
    if (entity === undefined) continue;
    const variable = variableOf(one);
    // Nobody is a role, however many he has.
    if (variable === 'principal') return entity.type === 'User' ? isPrincipal(entity, row) : FALSE;
    if (variable === 'resource') return isResource(entity, row);
    if (variable === 'action') return { known: entity.type === 'Action' && entity.id === 'read' };
  }
  return equal(evaluated(left, row), evaluated(right, row));
}

function equal(one: Value, other: Value): Value {
  if ('set' in one || 'set' in other) throw new NotInSql('==');
  if (one.known !== undefined && other.known !== undefined) {
    return { known: one.known === other.known };
  }
  const [left, right] = [asCondition(one), asCondition(other)];
  return { sql: `${left.sql} = ${right.sql}`, bindings: [...left.bindings, ...right.bindings] };
}

function isLike(value: Value, pattern: readonly PatternElem[]): Value {
  if ('set' in value) throw new NotInSql('like');
  if (value.known !== undefined) {
    const escaped = pattern.map((part) =>
      part === 'Wildcard' ? '[^]*' : part.Literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    );
    return { known: new RegExp(`^${escaped.join('')}$`, 'u').test(String(value.known)) };
  }
  const text = pattern.map((part) =>
    part === 'Wildcard' ? '%' : part.Literal.replaceAll(/[!%_]/g, '!$&'),
  );
  return { sql: `${value.sql} like ? escape '!'`, bindings: [...value.bindings, text.join('')] };
}

function not(value: Value): Value {
  if (value.known !== undefined) return { known: value.known !== true };
  const { sql, bindings } = asCondition(value);
  return { sql: `not (${sql})`, bindings };
}

function and(one: Value, other: Value): Value {
  if (one.known === false || other.known === false) return FALSE;
  if (one.known === true) return other;
  if (other.known === true) return one;
  const [left, right] = [asCondition(one), asCondition(other)];
  return {
    sql: `(${left.sql}) and (${right.sql})`,
    bindings: [...left.bindings, ...right.bindings],
  };
}

const or = (one: Value, other: Value): Value => not(and(not(one), not(other)));

function asCondition(value: Value): Condition {
  if ('set' in value) throw new NotInSql('a set');
  if (value.known === undefined) return value;
  return { sql: 'cast(? as text)', bindings: [String(value.known)] };
}
