import { MlflowError } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { Candidate, DeletedExperiment, GcStore } from './gc.store.js';
import type { Kind } from './kinds.js';

const MOST = 10_000;

export interface NamedWish {
  readonly ids: readonly string[];
  /** Only what was deleted before this time. */
  readonly before: number;
  /** The age as it was asked for; undefined where none was. */
  readonly olderThan: string | undefined;
}

/**
 * Looks at things that are to go by their ids, all of them before the first one goes.
 *
 * @throws MlflowError for one that there is not, that is not deleted, or not old enough
 */
export async function checkNamed(
  database: Database,
  store: GcStore,
  kind: Kind,
  wish: NamedWish,
): Promise<void> {
  checkCount(wish.ids);
  const found = await store.page(database.scan, kind, { ids: wish.ids }, 0, wish.ids.length);
  const byId = new Map(found.map((one) => [one.id, one]));
  const missing: string[] = [];
  for (const id of wish.ids) {
    const one = byId.get(id);
    if (one === undefined) missing.push(id);
    else check(kind.name, id, one, wish);
  }
  if (missing.length === 0) return;
  throw unknown(kind.name, missing[0] ?? '');
}

/** The same of experiments. @returns them */
export async function namedExperiments(
  database: Database,
  store: GcStore,
  wish: NamedWish,
): Promise<DeletedExperiment[]> {
  checkCount(wish.ids);
  const numbers = wish.ids.map((id) => (/^\d{1,15}$/.test(id) ? Number(id) : -1));
  const found = await store.experiments(database.scan, numbers);
  const byId = new Map(found.map((one) => [one.key, one]));
  for (const [at, number] of numbers.entries()) {
    const id = wish.ids[at] ?? '';
    const one = byId.get(number);
    if (one === undefined) throw unknown('experiment', id);
    check('experiment', id, one, wish);
  }
  return found;
}

function check(
  name: string,
  id: string,
  { stage, time }: Pick<Candidate, 'stage' | 'time'>,
  { before, olderThan }: NamedWish,
): void {
  if (stage !== 'deleted') {
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `The ${name} ${id} is not in the deleted lifecycle stage. Only what is deleted can be deleted for good.`,
    );
  }
  if (olderThan === undefined || time <= before) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `The ${name} ${id} is not older than the required age. Only what was deleted before ${olderThan} can be deleted for good.`,
  );
}

function checkCount(ids: readonly string[]): void {
  if (ids.length > MOST) throw new Error(`no more than ${MOST} ids can be named at a time`);
}

const unknown = (name: string, id: string) =>
  new MlflowError('RESOURCE_DOES_NOT_EXIST', `There is no ${name} ${id.slice(0, 100)}`);
