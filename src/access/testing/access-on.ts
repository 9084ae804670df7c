import type { RequestListener } from 'node:http';
import { MlflowError, notImplemented } from '../../errors.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import { loadContract } from '../../platform/http/contract.js';
import type { Guard, MountedOperation } from '../../platform/http/guard.js';
import { mountContract } from '../../platform/http/mount.js';
import type { By, Caller } from '../../platform/http/operation.js';
import type { Message } from '../../platform/http/read-message.js';
import { seesAll } from '../../platform/http/scope.js';
import { errorSender } from '../../platform/http/send-error.js';
import { createLog } from '../../platform/log.js';
import type { Deed } from '../../platform/trail.js';
import { BY_TESTER } from '../../testing/tester.js';
import { accessOperations } from '../access.operations.js';
import { accessSlices } from '../access.slices.js';

/** A deed and who did it. */
export type Recorded = Deed & { readonly by: string };

/** Accounts, roles and permissions over a database, with an account `root` that is an admin's. */
export async function accessOn(database: Database) {
  let time = 0;
  const deeds: Recorded[] = [];
  const slices = accessSlices({
    database,
    now: () => ++time,
    trail: {
      record: async (_: Transaction, { caller }: By, deed: Deed) => {
        deeds.push({ ...deed, by: caller.name });
      },
    },
    models: {
      kindOf: async (_, name) => (name.startsWith('prompt') ? 'prompt' : 'registered_model'),
    },
    defaultPermission: 'READ',
    workspaceExists: async (_, name) => ['default', 'other'].includes(name),
  });
  await database.write((tx) =>
    slices.userStore.insert(tx, { username: 'root', passwordHash: null, isAdmin: true, now: 0 }),
  );

  /** Somebody as who asks. */
  async function by(username: string): Promise<By> {
    return { ...BY_TESTER, caller: await callerOf(username) };
  }

  async function callerOf(username: string): Promise<Caller> {
    const user = await slices.userStore.find(database.read, username);
    if (user === undefined) throw new MlflowError('UNAUTHENTICATED', `Who is ${username}?`);
    return { name: username, userId: user.id, isAdmin: user.isAdmin, method: 'password' };
  }

  /** Signs in whoever names an account by HTTP basic, whatever the password is. */
  const guard: Guard = {
    identify: ({ headers }) => {
      const [name = ''] = Buffer.from(headers.authorization?.slice(6) ?? '', 'base64')
        .toString()
        .split(':');
      return callerOf(name);
    },
    admit: (operation: MountedOperation, input: Message, call) => {
      if (operation.access === 'admin' && !call.caller.isAdmin) {
        throw new MlflowError('PERMISSION_DENIED', 'Permission denied');
      }
      return input;
    },
    addressOf: () => '127.0.0.1',
    scopeOf: () => seesAll,
  };

  /** Answers the operations of access alone. */
  function listener(): RequestListener {
    const operations = accessOperations(database, slices);
    const handle = mountContract({
      contract: loadContract(),
      operations: operations as unknown as Record<string, MountedOperation>,
      guard,
      bodyLimit: 1_000_000,
      closed: ({ operation }) =>
        operation in operations ? undefined : notImplemented('Not of this test'),
      sendError: errorSender(createLog('silent'), (error) => database.dialect.isUnavailable(error)),
    });
    return (request, response) => void handle(request, response);
  }

  return { ...slices, database, deeds, by, listener };
}

export type Access = Awaited<ReturnType<typeof accessOn>>;
