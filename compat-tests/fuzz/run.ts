/**
 * Fuzzes the contract that our server shows at /openapi.json, with schemathesis:
 *
 *   npx tsx compat-tests/fuzz/run.ts [more arguments of schemathesis]
 *
 * The requests are the same at every run. No answer may be a server error, or one that the
 * contract does not describe. What is not built yet is left out.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEnvironment, environmentProgram } from '../../scripts/python-envs.mjs';
import { notBuilt } from '../../src/pending.js';
import { startRunledger } from '../servers.js';
import { seed } from './seed.js';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const TOOL = 'schemathesis';
const EXAMPLES = 16;
const CHECKS = [
  ...['no_server_error', 'success_is_declared', 'status_code_conformance'],
  ...['content_type_conformance', 'response_schema_conformance', 'response_headers_conformance'],
  'unsupported_method',
];

async function main(more: readonly string[]): Promise<number> {
  ensureEnvironment(TOOL, (line) => console.log(`${TOOL}: ${line}`));
  const server = await startRunledger();
  const scratch = await mkdtemp(join(tmpdir(), 'fuzz-'));
  try {
    const known = join(scratch, 'known.json');
    await writeFile(known, JSON.stringify(await seed(server.url)));
    const document = `${server.url}/openapi.json`;
    const code = await fuzz([document, ...(await pendingIn(document)), ...more], known, scratch);
    if (code !== 0) console.log(server.log().slice(-5_000));
    return code;
  } finally {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fuzz(args: readonly string[], known: string, cwd: string): Promise<number> {
  const fixed = ['--seed', '1', '--generation-deterministic'];
  const child = spawn(
    environmentProgram(TOOL, TOOL),
    [
      ...['run', '--phases', 'coverage,fuzzing', '--max-examples', String(EXAMPLES)],
      ...['--checks', CHECKS.join(','), '--continue-on-failure', '--no-shrink', '--no-color'],
      ...['--request-timeout', '60', '--suppress-health-check', 'all', '--warnings', 'off'],
      ...[...fixed, ...args],
    ],
    {
      cwd,
      env: {
        ...process.env,
        SCHEMATHESIS_HOOKS: join(FOLDER, 'hooks.py'),
        RUNLEDGER_FUZZ_KNOWN: known,
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

interface Contract {
  readonly paths: Record<string, Record<string, { operationId: string; 'x-same-as'?: string }>>;
}

/** A stream that never ends, and what takes its time on purpose. */
const ENDLESS: readonly string[] = ['watchModels', 'startDrill'];

/** Arguments that leave out what has a route and no answer yet. */
async function pendingIn(url: string): Promise<string[]> {
  const { paths } = (await (await fetch(url)).json()) as Contract;
  return Object.values(paths)
    .flatMap((item) => Object.values(item))
    .filter(
      (one) =>
        ENDLESS.includes(one.operationId) ||
        notBuilt(one['x-same-as'] ?? one.operationId) !== undefined,
    )
    .flatMap(({ operationId }) => ['--exclude-operation-id', operationId]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
