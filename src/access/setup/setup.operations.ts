import type { OperationTable } from '../../platform/http/operation.js';
import type { SetupService } from './setup.service.js';

/** Open to everybody: who has the set-up token is who may do it, once. */
export const setupOperations = (service: SetupService): OperationTable<'setUpServer'> => ({
  setUpServer: {
    access: 'open',
    of: 'server',
    handler: async ({ setup_token, username, password }, by) => ({
      username: (await service.setUp(by, setup_token, username, password)).username,
    }),
  },
});
