/** What users of real clients do with artifacts comes out the same on every store and either way. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureEnvironment, environmentProgram } from '../../scripts/python-envs.mjs';
import { type RunningServer, startRunledger, startStockServer } from '../servers.js';
import type { SharedStore } from './support/setup.js';

const run = promisify(execFile);
const CLIENTS = ['stores-3.17.2', 'stores-2.22.5'] as const;
const STORES: readonly SharedStore[] = Object.values(inject('stores'));

/** Parts of five megabytes are the smallest that Amazon S3 takes. */
const IN_PARTS = {
  MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: 'true',
  MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: String(5 * 1024 * 1024),
  MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: String(5 * 1024 * 1024),
};

const EXPECTED = {
  tree: {
    files: null,
    'files/a.txt': 4,
    'files/ä b.csv': 4,
    'files/empty': 0,
    'files/deep': null,
    'files/deep/deeper': null,
    'files/deep/deeper/x.bin': 70_000,
    'files/large': null,
    'files/large/large.bin': 12 * 1024 * 1024 + 345,
    notes: null,
    'notes/note.txt': 5,
  },
  'file as folder': {},
  same: ['a.txt', 'deep/deeper/x.bin', 'empty', 'ä b.csv'],
  large: true,
  text: 'noted',
  missing: true,
  predicted: [2, 4],
  registered: [6],
  deleted: 'done',
};

async function story(
  client: string,
  url: string,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { stdout } = await run(
    environmentProgram(client, 'python'),
    [join(import.meta.dirname, 'support/story.py'), url],
    {
      env: {
        ...process.env,
        ...environment,
        ...{ MLFLOW_DISABLE_TELEMETRY: 'true', PYTHONWARNINGS: 'ignore' },
        ...{ MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2', MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false' },
      },
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

beforeAll(() => {
  for (const client of CLIENTS) ensureEnvironment(client, (line) => console.log(line));
}, 600_000);

describe.each(STORES)('with artifacts in $name', ({ bucket, environment }) => {
  let proxied: RunningServer;
  let direct: RunningServer;
  beforeAll(async () => {
    proxied = await startRunledger({
      extraArguments: ['--artifacts-destination', `${bucket}/proxied/here`],
      environment,
    });
    direct = await startRunledger({
      extraArguments: ['--default-artifact-root', `${bucket}/direct`, '--no-serve-artifacts'],
      environment,
    });
  });
  afterAll(async () => {
    await proxied.stop();
    await direct.stop();
  });

  it.concurrent.each(CLIENTS)(
    '%s goes through the server, with large files in parts',
    async (client) => {
      const seen = await story(client, proxied.url, { ...environment, ...IN_PARTS });
      // A server leaves out the size of a file that has none, as stock's does.
      const tree = { ...EXPECTED.tree, 'files/empty': null };
      expect(seen).toMatchObject({ ...EXPECTED, tree, scheme: 'mlflow-artifacts' });
    },
  );

  it.concurrent.each(CLIENTS)('%s goes past the server', async (client) => {
    const seen = await story(client, direct.url, environment);
    expect(seen).toMatchObject({ ...EXPECTED, scheme: bucket.slice(0, bucket.indexOf(':')) });
  });
});

it('a stock server says the same', async () => {
  const { bucket, environment } = inject('stores').s3;
  const extraArguments = ['--artifacts-destination', `${bucket}/stock`];
  const [ours, stock] = await Promise.all([
    startRunledger({
      extraArguments: ['--artifacts-destination', `${bucket}/beside`],
      environment,
    }),
    startStockServer({ extraArguments, environment, stockEnvironment: 'stores-3.17.2' }),
  ]);
  try {
    const parts = { ...environment, ...IN_PARTS };
    const seen = await Promise.all([ours, stock].map(({ url }) => story(CLIENTS[0], url, parts)));
    // Models are packed anew at each log, so their sizes may differ.
    const sizes = (tree: unknown) =>
      Object.fromEntries(
        Object.entries(tree as object).filter(([path]) => !path.startsWith('model')),
      );
    const [one, other] = seen.map((said) => ({ ...said, tree: sizes(said.tree) }));
    expect(one).toEqual(other);
  } finally {
    await ours.stop();
    await stock.stop();
  }
});
