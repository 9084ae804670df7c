/** Emulators of the object stores, each as its own users know it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureEnvironment, environmentProgram } from '../../../scripts/python-envs.mjs';
import { freePort, startAzurite } from '../../../src/artifacts/testing/azurite.js';

const TOOLS = 'object-stores';

export type StoreName = 's3' | 'gcs' | 'azure';

/** A store that runs, with a bucket of its own for each test file. */
export interface Emulator {
  readonly name: StoreName;
  readonly port: number;
  /** What clients and servers read to get to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** @returns the URI of a new bucket */
  makeBucket(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startEmulator(name: StoreName, port?: number): Promise<Emulator> {
  if (name === 'azure') return azure(port);
  ensureEnvironment(TOOLS, (line) => console.log(`${TOOLS}: ${line}`));
  return name === 's3' ? s3(port) : gcs(port);
}

async function s3(port?: number): Promise<Emulator> {
  const chosen = port ?? (await freePort());
  const child = run('moto_server', '-H', '127.0.0.1', '-p', String(chosen));
  const url = `http://127.0.0.1:${chosen}`;
  await answers(`${url}/moto-api/`, child);
  return {
    name: 's3',
    port: chosen,
    environment: {
      MLFLOW_S3_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'tester',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
    makeBucket: async (bucket) => {
      await fetch(`${url}/${bucket}`, { method: 'PUT' });
      return `s3://${bucket}`;
    },
    stop: () => stop(child),
  };
}

async function gcs(port?: number): Promise<Emulator> {
  const chosen = port ?? (await freePort());
  const child = run(
    ...(['gcp-storage-emulator', 'start', '--in-memory'] as const),
    ...['--host', '127.0.0.1', '--port', String(chosen)],
  );
  const url = `http://127.0.0.1:${chosen}`;
  await answers(`${url}/`, child);
  const folder = mkdtempSync(join(tmpdir(), 'runledger-gcs-'));
  return {
    name: 'gcs',
    port: chosen,
    environment: {
      STORAGE_EMULATOR_HOST: url,
      GOOGLE_APPLICATION_CREDENTIALS: serviceAccount(folder),
      GOOGLE_CLOUD_PROJECT: 'tests',
    },
    makeBucket: async (bucket) => {
      await fetch(`${url}/storage/v1/b`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: bucket }),
      });
      return `gs://${bucket}`;
    },
    stop: async () => {
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function azure(port?: number): Promise<Emulator> {
  const azurite = await startAzurite(port);
  return {
    name: 'azure',
    port: azurite.port,
    environment: { AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString },
    makeBucket: async (bucket) => {
      await azurite.makeContainer(bucket);
      return azurite.uri(bucket);
    },
    stop: azurite.stop,
  };
}

/** The key of a service account that no store knows: enough to sign URLs with. */
export function serviceAccount(folder: string): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const file = join(folder, 'account.json');
  const account = {
    type: 'service_account',
    project_id: 'tests',
    private_key_id: 'none',
    private_key: privateKey,
    client_email: 'tester@tests.iam.gserviceaccount.com',
    client_id: '1',
    token_uri: 'http://127.0.0.1:9/token',
  };
  writeFileSync(file, JSON.stringify(account), { mode: 0o600 });
  return file;
}

function run(program: string, ...args: readonly string[]): ChildProcess {
  // A script names the folder in which its environment was made; that may have been another one.
  const script = environmentProgram(TOOLS, program);
  const child = spawn(environmentProgram(TOOLS, 'python'), [script, ...args], {
    stdio: 'ignore',
    detached: true,
  });
  process.once('exit', () => kill(child));
  return child;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) break;
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return;
    await delay(50);
  }
  throw new Error(`Nothing answers at ${url}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  kill(child);
  await gone;
}

/** With the processes that it has started. */
function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
