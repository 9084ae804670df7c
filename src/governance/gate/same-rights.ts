import type { MlflowError } from '../../errors.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { clientCall } from '../evaluate/python.js';
import type { Callers } from './callers.js';
import { refusal } from './refusal.js';

/**
 * What somebody may do is found out before a transaction; here it is asked, from inside of it,
 * whether that still holds.
 *
 * @param mark what {@link Callers.markOf} said before his rights were read
 * @throws MlflowError 409 where they were changed meanwhile
 */
export async function checkSameRights(
  callers: Pick<Callers, 'markOf'>,
  tx: Transaction,
  { caller }: By,
  model: string,
  mark: string,
): Promise<void> {
  if ((await callers.markOf(tx, caller, model)) !== mark) throw changed(caller.name, model);
}

function changed(caller: string, model: string): MlflowError {
  const message = 'What the caller may do was changed while this was being checked.';
  const remedy = clientCall('get_registered_model', model);
  const metadata = { model, caller };
  return refusal(
    [{ reason: 'CONCURRENT_TRANSITION', message, remedy, metadata }],
    `Nothing was changed of models:/${model}`,
    `models:/${model}`,
  );
}
