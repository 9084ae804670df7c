import type { IncomingMessage } from 'node:http';
import type { Guard } from '../../platform/http/guard.js';
import { IncomingCall } from '../../platform/http/incoming-call.js';

/**
 * Asks again, in the course of a long answer, whether who sent a request may read a model.
 *
 * @throws MlflowError 401 or 403 where he may not any more
 */
export type StillAllowed = (request: IncomingMessage, model: string) => Promise<void>;

/** Signs the request in anew: a token that was revoked meanwhile opens nothing. */
export const stillAllowedBy =
  (guard: Guard): StillAllowed =>
  async (request, model) => {
    const caller = await guard.identify(request);
    const call = new IncomingCall(request, caller, guard);
    await guard.admit(
      {
        ...{ name: 'watchModels', access: 'read', of: 'registered_model' },
        id: () => model,
        handler: async () => undefined,
      },
      {},
      call,
    );
  };
