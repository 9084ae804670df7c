import { parse } from 'yaml';
import type { Policies, PolicyAction, PolicyQuestion } from './policies.js';

/** What somebody expects of the policies. */
export interface PolicyCase {
  readonly name: string;
  readonly question: PolicyQuestion;
  readonly expected: 'allow' | 'deny';
}

/** A case that came out otherwise. */
export interface Surprise {
  readonly name: string;
  readonly expected: 'allow' | 'deny';
  readonly because: readonly string[];
}

const ACTIONS: readonly PolicyAction[] = [
  'login',
  'read',
  'edit',
  'manage',
  'create',
  'admin',
  'audit',
  'transition',
  'alias',
  'approve',
  'rollback',
  'break_glass',
];
const KEYS = [
  ...['name', 'user', 'admin', 'method', 'roles', 'action', 'kind', 'resource', 'level'],
  ...['denied', 'granted', 'in_scope', 'from', 'to', 'alias', 'expect'],
];
const LEVELS = ['NO_PERMISSIONS', 'READ', 'USE', 'EDIT', 'MANAGE'];

/**
 * Reads cases: a YAML list of `{name, user, admin, method, roles, action, kind, resource, level, denied,
 * granted, in_scope, from, to, alias, expect}`, of which `user`, `action` and `expect` must be
 * there.
 *
 * @throws Error with one sentence for what can't be read
 */
export function readPolicyCases(text: string): PolicyCase[] {
  const list: unknown = parse(text, { maxAliasCount: 100 });
  if (!Array.isArray(list) || list.length === 0) {
    throw new Error('The file must hold a list with one case at least');
  }
  return list.map((item, index) => readCase(item, index + 1));
}

function readCase(item: unknown, number: number): PolicyCase {
  if (typeof item !== 'object' || item === null) throw new Error(`Case ${number} is no mapping`);
  const given = item as Readonly<Record<string, unknown>>;
  // A key that is misspelt would leave the case to ask something else than it says.
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new Error(`Case ${number}: there is no key '${unknown}', only ${KEYS.join(', ')}`);
  }
  const flag = (key: string, fallback: boolean): boolean => {
    const value = given[key] ?? fallback;
    if (typeof value === 'boolean') return value;
    throw new Error(`Case ${number}: '${key}' must be true or false`);
  };
  const text = (key: string, fallback?: string): string => {
    const value = given[key] ?? fallback;
    if (value === undefined) throw new Error(`Case ${number} has no '${key}'`);
    return String(value);
  };
  const among = <Word extends string>(key: string, words: readonly Word[], fallback?: Word) => {
    const word = words.find((known) => known === text(key, fallback));
    if (word !== undefined) return word;
    throw new Error(`Case ${number}: '${key}' must be one of ${words.join(', ')}`);
  };
  const roles = given.roles ?? [];
  if (!Array.isArray(roles)) throw new Error(`Case ${number}: 'roles' must be a list`);
  return {
    name: text('name', `case ${number}`),
    expected: among('expect', ['allow', 'deny']),
    question: {
      principal: {
        name: text('user'),
        isAdmin: flag('admin', false),
        method: text('method', 'password'),
        roles: roles.map(String),
      },
      action: among('action', ACTIONS),
      resource: { kind: text('kind', 'experiment'), name: text('resource', '') },
      level: LEVELS.indexOf(among('level', LEVELS, 'NO_PERMISSIONS')),
      ...{ denied: flag('denied', false), granted: flag('granted', false) },
      inScope: flag('in_scope', true),
      ...{ from: text('from', ''), to: text('to', ''), alias: text('alias', '') },
    },
  };
}

/** @returns the cases that came out otherwise than expected */
export function surprisesOf(policies: Policies, cases: readonly PolicyCase[]): Surprise[] {
  return cases.flatMap(({ name, question, expected }) => {
    const { allowed, because } = policies.decide(question);
    return allowed === (expected === 'allow') ? [] : [{ name, expected, because }];
  });
}
