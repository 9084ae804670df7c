import { MlflowError } from '../../errors.js';
import type { Contract } from './contract.js';
import type { Guard, MountedOperation } from './guard.js';
import type { Call } from './operation.js';
import { parseExactly } from './parse-json.js';
import { type Message, messageReader, type ReadMessage } from './read-message.js';
import { JsonReply, Reply } from './reply.js';

/**
 * Runs an operation for a caller, whatever way the call has come: over HTTP, or as a field of a
 * GraphQL query. This is the only place where a handler is called.
 *
 * @throws MlflowError 403 when the guard refuses
 */
export async function perform(
  guard: Guard,
  operation: MountedOperation,
  input: Message,
  call: Call,
): Promise<unknown> {
  const admitted = guard.admit(operation, input, call);
  const read = admitted instanceof Promise ? await admitted : admitted;
  try {
    return await operation.handler(read, call);
  } catch (error) {
    await tellOfRefusal(guard, operation, read, call, error);
    throw error;
  } finally {
    guard.settled?.(operation);
  }
}

/** Who judges by himself has nobody else who writes it down, unless he says why in full. */
async function tellOfRefusal(
  guard: Guard,
  operation: MountedOperation,
  input: Message,
  call: Call,
  error: unknown,
): Promise<void> {
  if (operation.access !== 'login' && operation.access !== 'open') return;
  if (!(error instanceof MlflowError) || error.code !== 'PERMISSION_DENIED') return;
  if (error.details === undefined) await guard.refused?.(operation, input, call, error.message);
}

/** Calls an operation by its name, with the members that a request of its own would have. */
export type Perform = (operation: string, raw: Message, call: Call) => Promise<Message>;

/**
 * For operations that answer by asking other ones. The input is read and the answer made as for
 * a request of its own; the answer is handed over as an object.
 *
 * @param operations is asked at each call, since the table holds who calls as well
 */
export function performer(
  contract: Contract,
  guard: Guard,
  operations: () => Readonly<Record<string, MountedOperation>>,
): Perform {
  const readers = new Map<string, ReadMessage>();

  function readerOf(operation: string): ReadMessage {
    const known = readers.get(operation);
    if (known !== undefined) return known;
    const route = contract.routes.find((each) => each.operation === operation);
    if (route === undefined) throw new Error(`The contract has no operation ${operation}`);
    const reader = messageReader(contract, route.body ?? route.query);
    readers.set(operation, reader);
    return reader;
  }

  return async (name, raw, call) => {
    const operation = operations()[name];
    if (operation === undefined) throw new Error(`${name} has no entry in the table`);
    const answer = await perform(guard, operation, readerOf(name)(raw), call);
    if (answer instanceof JsonReply) return parseExactly(answer.text) as Message;
    if (answer instanceof Reply) throw new MlflowError('INTERNAL_ERROR', `${name} answers no JSON`);
    return answer as Message;
  };
}
