import { invalidParameter } from '../../errors.js';
import type { Transaction } from '../../platform/db/database.js';
import { quoted } from '../../platform/filter/python-text.js';
import type { CheckNewParams } from '../../platform/keeper.js';
import type { KeyValue, RunKey } from './runs.js';
import type { RunStore } from './runs.store.js';

/**
 * Stores params, which are written once: the same value again is fine, another is refused.
 *
 * @param wording `one` and `batch` differ in how MLflow words the refusal
 * @param check is asked about new ones where versions that were made of the run are in use
 * @throws MlflowError 400 when a stored param would change; nothing is stored then
 */
export async function storeParams(
  store: RunStore,
  tx: Transaction,
  run: RunKey,
  params: readonly KeyValue[],
  wording: 'one' | 'batch',
  check: CheckNewParams,
): Promise<void> {
  if (run.is_promoted === 1) await checkNew(store, tx, run, params, check);
  const inserted = await store.insertParams(tx, run.id, params);
  if (inserted === params.length) return;
  const keys = params.map(({ key }) => key);
  const stored = new Map((await store.params(tx, run.id, keys)).map((p) => [p.key, p.value]));
  const changed = params.filter(({ key, value }) => stored.get(key) !== value);
  const [first] = changed;
  if (first === undefined) return;
  if (wording === 'one') {
    throw invalidParameter(
      `Changing param values is not allowed. Param with key='${first.key}' was already logged with value='${stored.get(first.key)}' for run ID='${run.run_id}'. Attempted logging new value '${first.value}'.`,
    );
  }
  const list = changed.map(
    ({ key, value }) =>
      `{'key': ${quoted(key)}, 'old_value': ${quoted(stored.get(key) ?? '')}, 'new_value': ${quoted(value)}}`,
  );
  throw invalidParameter(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${run.run_id}'.`,
  );
}

async function checkNew(
  store: RunStore,
  tx: Transaction,
  { id, run_id }: RunKey,
  params: readonly KeyValue[],
  check: CheckNewParams,
): Promise<void> {
  const keys = params.map(({ key }) => key);
  const stored = new Set((await store.params(tx, id, keys)).map(({ key }) => key));
  const fresh = keys.filter((key) => !stored.has(key));
  if (fresh.length > 0) await check(tx, { kind: 'run', id: run_id }, fresh);
}
