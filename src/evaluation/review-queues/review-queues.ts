import { alreadyExists, invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { refuseUnstorable } from '../../platform/filter/filter.js';
import { list as pythonList } from '../../platform/filter/python-text.js';
import { checkCharacters } from '../characters.js';

/** Traces that wait for people to look at them; times in ms since the epoch. */
export interface ReviewQueue {
  readonly queue_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly queue_type: QueueType;
  /** Who may change it; null where nobody signs in. */
  readonly created_by: string | null;
  readonly creation_time_ms: number;
  readonly last_update_time_ms: number;
  readonly users: readonly string[];
  /** Schemas may be gone by now. */
  readonly schema_ids: readonly string[];
}

/** A queue of one user, which is called like them, or one of its own making. */
export type QueueType = 'USER' | 'CUSTOM';

const MAX_NAME = 250;
const MAX_ID = 36;
const MAX_USERS = 10;

/**
 * Reads a text without blanks around it.
 *
 * @throws MlflowError 400 for nothing, and for more than there may be
 */
export function readText(given: string, what: string, most = MAX_NAME): string {
  const text = given.trim();
  if (text === '') throw invalidParameter(`\`${what}\` must be a non-empty string; got ''.`);
  checkCharacters(text, `\`${what}\``, most);
  refuseUnstorable(text, what);
  return text;
}

/** Names are told apart without regard to case. */
export const nameKey = (name: string): string => name.trim().toLowerCase();

/** @throws MlflowError 400 for what no queue can be called */
export const readName = (name: string, type: QueueType): string =>
  readText(type === 'USER' ? nameKey(name) : name, 'name');

/**
 * Users are told apart without regard to case, too.
 *
 * @throws MlflowError 400 for too many, and for what is no name
 */
export function readUsers(users: readonly string[]): string[] {
  const names = new Set(users.map((user) => readText(nameKey(user), 'user')));
  if (names.size > MAX_USERS) {
    throw invalidParameter(
      `A review queue can have at most ${MAX_USERS} assigned users; got ${names.size}.`,
    );
  }
  return [...names];
}

/** @throws MlflowError 400 for what is no id */
export const readSchemaIds = (ids: readonly string[]): string[] => [
  ...new Set(ids.map((id) => readText(id, 'schema_id', MAX_ID))),
];

/** @returns the users of a queue of one user */
export function readOwnUser(name: string, users: readonly string[]): string[] {
  if (users.length === 0 || (users.length === 1 && users[0] === name)) return [name];
  throw invalidParameter(
    'A user queue must have exactly one assigned user equal to its name; got ' +
      `name='${name}' and users=${pythonList(users)}.`,
  );
}

/** @throws MlflowError 400 for the one that says nothing */
export function checkQueueType(type: string | undefined): QueueType {
  if (type === 'USER' || type === 'CUSTOM') return type;
  throw invalidParameter('`queue_type` must be one of USER or CUSTOM; got proto enum value 0.');
}

export const noQueue = (id: string): MlflowError =>
  notFound(`Review queue with id '${id}' not found.`);

export const noQueueNamed = (name: string, experiment: string): MlflowError =>
  notFound(`Review queue with name '${name}' not found for experiment '${experiment}'.`);

export const queueTaken = (name: string): MlflowError =>
  alreadyExists(`Review queue with name '${name}' already exists (names are case-insensitive).`);

export const isNoUserQueue = (name: string): MlflowError =>
  alreadyExists(
    `A non-user queue named '${name}' already exists; cannot get-or-create a user queue with ` +
      'that name.',
  );

export const isUserQueue = (): MlflowError =>
  invalidParameter(
    "A user queue's name, assigned user, schemas, and owner are fixed and cannot be updated.",
  );

export const hasAllSchemas = (): MlflowError =>
  invalidParameter(
    "A user queue cannot have explicitly-attached schemas; it resolves to all of the experiment's " +
      'label schemas.',
  );

export const noSchemas = (ids: readonly string[], experiment: number): MlflowError =>
  invalidParameter(
    `Label schema id(s) ${pythonList(ids)} not found for experiment '${experiment}'.`,
  );
