import type { Question } from '../support/ask.js';

/** A request that both servers are asked, with a name for the report. */
export interface RequestCase extends Question {
  readonly about: string;
}

/** An operation with a request that works, from which wrong ones are made. */
export interface OperationCases {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  readonly path: string;
  /** A working request: members of the query for GET, of the body otherwise. */
  readonly good: Readonly<Record<string, unknown>>;
  /** Members that only some requests have, with a working value. */
  readonly optional?: Readonly<Record<string, unknown>>;
  /** Special values of single members, each put into a request that works otherwise. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
  /** Whole requests in place of the working one. */
  readonly others?: readonly Readonly<Record<string, unknown>>[];
  /** The working request has no effect of its own, so it may be repeated under the other prefix. */
  readonly repeatable?: boolean;
}

type Members = Readonly<Record<string, unknown>>;

const API = '/api/2.0/mlflow';
const WRONG_TEXTS = [5, 1.5, true, [], ['x'], {}, { a: 1 }];
const WRONG_NUMBERS = ['x', '', true, [], [1], {}, 1.5, '1.5', '1', 1e3, -1, 0];
const BOUNDS = [2 ** 31 - 1, 2 ** 31, '9223372036854775807', '9223372036854775808', -(2 ** 31)];
const WRONG_BOOLEANS = ['x', '', 'true', 'True', 1, 0, [], {}];
const WRONG_LISTS = ['x', 5, true, {}, [5], [null], [[]], [{}], ['x']];
const QUERY_VALUES = [
  'x',
  '',
  '-1',
  '0',
  '1.5',
  '1e3',
  ' 1',
  'true',
  '99999999999999999999',
  'a/b',
];

/** All requests of one operation: what works, every member missing or wrong, and the special ones. */
export function casesOf(operation: OperationCases): RequestCase[] {
  const { good, optional = {}, values = {}, others = [] } = operation;
  const whole = { ...good, ...optional };
  const make = (about: string, members: Members, extra: Partial<Question> = {}) =>
    requestCase(operation, about, members, extra);
  const single = Object.entries(whole).flatMap(([name, value]) => [
    ...(name in good ? [make(`without ${name}`, without(good, name))] : []),
    ...variantsOf(operation.method, value).map((variant) =>
      make(`${name} = ${show(variant)}`, { ...good, [name]: variant }),
    ),
    ...spellingsOf(name, value, good).map((members) => make(`${name} in camelCase`, members)),
  ]);
  const special = Object.entries(values).flatMap(([name, list]) =>
    list.map((value) => make(`${name} = ${show(value)}`, { ...good, [name]: value })),
  );
  return [
    make('works', good),
    make('works, again', good),
    ...(operation.repeatable ? [make('works, with all', whole), ajax(make('ajax', good))] : []),
    ...others.map((members) => make(show(members), members)),
    make('unknown members', { ...good, unknown_member: 1, 'tags[0]': 'x' }),
    ...single,
    ...special,
    ...contentTypes(operation, good),
  ];
}

function requestCase(
  { method, path }: OperationCases,
  about: string,
  members: Members,
  extra: Partial<Question>,
): RequestCase {
  const full = path.startsWith('/') ? path : `${API}/${path}`;
  const name = `${method} ${path}: ${about}`;
  if (method !== 'GET') return { about: name, method, path: full, body: members, ...extra };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(members)) {
    for (const item of [value].flat()) {
      if (item !== undefined && item !== null) query.append(key, String(item));
    }
  }
  const search = query.size > 0 ? `?${query}` : '';
  return { about: name, method, path: `${full}${search}`, ...extra };
}

const ajax = (request: RequestCase): RequestCase => ({
  ...request,
  path: request.path.replace(/^\/api\//, '/ajax-api/'),
});

function variantsOf(method: string, value: unknown): readonly unknown[] {
  if (method === 'GET') return QUERY_VALUES;
  const shared = [null];
  if (typeof value === 'string') return [...shared, '', ' ', 'x', ...WRONG_TEXTS];
  if (typeof value === 'number') return [...shared, ...WRONG_NUMBERS, ...BOUNDS];
  if (typeof value === 'boolean') return [...shared, true, false, ...WRONG_BOOLEANS];
  if (Array.isArray(value)) return [...shared, [], ...WRONG_LISTS];
  return [...shared, 'x', 5, []];
}

/** A member by its other name, and by both at once. */
function spellingsOf(name: string, value: unknown, good: Members): Members[] {
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (camel === name) return [];
  return [
    { ...without(good, name), [camel]: value },
    { ...good, [name]: value, [camel]: value },
  ];
}

function contentTypes({ method, path }: OperationCases, good: Members): RequestCase[] {
  if (method === 'GET') return [];
  const full = path.startsWith('/') ? path : `${API}/${path}`;
  const types = ['text/plain', 'application/json; charset=utf-8', ''];
  return types.map((type) => ({
    about: `${method} ${path}: content type ${type || 'missing'}`,
    ...{ method, path: full, body: good, headers: { 'content-type': type } },
  }));
}

export const without = (members: Members, name: string): Members =>
  Object.fromEntries(Object.entries(members).filter(([key]) => key !== name));

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}... (${text.length})` : text;
}
