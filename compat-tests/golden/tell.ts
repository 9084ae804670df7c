import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEnvironment } from '../../scripts/python-envs.mjs';
import { startRecordingProxy } from '../proxy/recording-proxy.js';
import { WireRecord } from '../proxy/wire.js';
import type { GoldenExchange } from './exchange.js';
import type { Story } from './files.js';
import { Normaliser } from './normalise.js';

/** What the story is about, in the order in which it is told. Each has a file in story/subjects. */
export const SUBJECTS = [
  ...['experiments', 'runs', 'metrics', 'inputs', 'artifacts'],
  ...['models', 'logged_models', 'registry', 'prompts', 'webhooks'],
  'traces',
] as const;

const STORY = join(dirname(fileURLToPath(import.meta.url)), 'story', 'main.py');

/** Lets one client tell its story to a server, and takes down what the two say. */
export async function tellStory(
  version: string,
  server: string,
  subjects: readonly string[] = SUBJECTS,
): Promise<Story> {
  const python = ensureEnvironment(version);
  const token = randomBytes(4).toString('hex');
  const records = await Promise.all(
    subjects.map(async (subject) => {
      const wire = new WireRecord();
      return { subject, wire, proxy: await startRecordingProxy(server, wire) };
    }),
  );
  try {
    const urls = records.map(({ subject, proxy }) => `${subject}=${proxy.url}`);
    await runPython(python, [token, ...urls]);
    const told = records.map(async ({ subject, wire }) => {
      const normaliser = new Normaliser(token);
      const exchanges = (await wire.exchanges()).map((one) => normaliser.exchange(one));
      return [subject, inOrder(exchanges)] as const;
    });
    return Object.fromEntries(await Promise.all(told));
  } finally {
    await Promise.all(records.map(({ proxy }) => proxy.close()));
  }
}

async function runPython(python: string, args: readonly string[]): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'golden-story-'));
  try {
    const child = spawn(python, ['-B', STORY, ...args], {
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    const keep = (text: string) => {
      printed += text;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`The story broke off:\n${printed.slice(-3000)}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Files go to and fro several at once: their order says nothing. */
function inOrder(exchanges: readonly GoldenExchange[]): readonly GoldenExchange[] {
  const ordered: GoldenExchange[] = [];
  let files: GoldenExchange[] = [];
  const isFile = ({ path }: GoldenExchange) => path.includes('/mlflow-artifacts/artifacts/');
  const flush = () => {
    ordered.push(...files.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)));
    files = [];
  };
  for (const exchange of exchanges) {
    const group = files[0];
    if (group !== undefined && (!isFile(exchange) || exchange.method !== group.method)) flush();
    if (isFile(exchange)) files.push(exchange);
    else ordered.push(exchange);
  }
  flush();
  return ordered;
}

const keyOf = ({ method, path, query = '' }: GoldenExchange): string =>
  `${method} ${path} ${query}`;
