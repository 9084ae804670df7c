import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What a program that is written in TypeScript brings itself. */
const TOOLS = ['typescript', '@types/node'];

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Packs the project as it would be published and unpacks it into `folder/node_modules`. What the
 * package says it depends on is linked from the project's own packages, so nothing is downloaded;
 * what it doesn't say is not there.
 */
export function installPackage(folder: string): Manifest {
  if (!existsSync(join(ROOT, 'dist', 'src', 'client', 'index.js'))) {
    throw new Error("dist/ has no client: run 'npm run build' first");
  }
  const options = ['--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  const packed = run('npm', ['pack', ...options], ROOT);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const modules = join(folder, 'node_modules');
  const target = join(modules, 'runledger');
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1'], folder);
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest;
  for (const name of [...Object.keys(manifest.dependencies), ...TOOLS]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  return manifest;
}

/** Runs a program to its end. @returns what it printed; @throws Error with all of it otherwise */
export function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error) throw new Error(`${program}: ${error.message}`);
  if (status === 0) return stdout;
  throw new Error(`'${[program, ...args].join(' ')}' ended with ${status}:\n${stdout}${stderr}`);
}
