import { resolve } from 'node:path';
import type { Accounts } from './access/import/accounts.js';
import { toAccounts } from './access/import/server-accounts.js';
import { describeServer, type ServerLocation } from './moving/flags.js';
import type { ImportStore } from './moving/imports.store.js';
import { readAccounts } from './moving/server/read-accounts.js';
import { checkServer, readServer } from './moving/server/read-server.js';
import { StagingStore } from './moving/server/staging.store.js';
import type { Clock } from './platform/clock.js';
import type { DatabaseLocation } from './platform/db/uri.js';
import { ServerClient } from './platform/outgoing/server-client.js';

interface AskParts {
  readonly source: ServerLocation;
  /** The file that is named for what the server says. */
  readonly staging: string | undefined;
  readonly target: DatabaseLocation;
  readonly imports: ImportStore;
  readonly now: Clock;
  readonly told: (what: string, rows: number) => void;
}

/** A server that has told all that is moved in. */
export interface AskedServer {
  readonly client: ServerClient;
  readonly staging: StagingStore;
  readonly name: string;
  readonly began: number;
  /** How long it was asked this time. */
  readonly seconds: number;
  /** @returns its accounts, or in words why there are none, or nothing where it has no sign-in */
  accounts(): Promise<Accounts | string | undefined>;
  /** What it has told is not needed any more. */
  finished(): void;
  close(): Promise<void>;
}

/** @throws Error with one sentence where no server of MLflow's answers, or not to this account */
export async function greetServer({ url, credentials }: ServerLocation): Promise<void> {
  const client = new ServerClient(url, credentials);
  try {
    await checkServer({ client });
  } finally {
    await client.close();
  }
}

/** Asks a server for everything, into a file from which it is moved in. */
export async function askServer(parts: AskParts): Promise<AskedServer> {
  const { source, target, imports, now, told } = parts;
  const name = describeServer(source);
  const [before] = (await imports.all()).filter((each) => each.source === name);
  const file = parts.staging ?? defaultFile(target);
  const staging = new StagingStore(file);
  const client = new ServerClient(source.url, source.credentials);
  let isFinished = false;
  const close = async () => {
    await client.close();
    staging.close();
    if (isFinished) staging.remove();
  };
  try {
    // Asked again later, the server is told of in the same words.
    const began = staging.begin(name, before?.started_time ?? now());
    const from = now();
    await readServer({ client, staging, began, told });
    return {
      ...{ client, staging, name, began, close },
      seconds: (now() - from) / 1000,
      accounts: async () => {
        const answer = await readAccounts({ client });
        return 'why' in answer ? answer.why : toAccounts(answer.users, answer.roles);
      },
      finished: () => {
        isFinished = true;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Beside a SQLite file, where there is room for it; else in the folder that this runs in. */
const defaultFile = (target: DatabaseLocation): string =>
  target.kind === 'sqlite' ? `${target.file}.import` : resolve('runledger-import.db');
