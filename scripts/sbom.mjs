/** Prints what a release is made of, as CycloneDX: every package that an installation brings along. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const ARGS = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--omit', 'dev'];
const { status, stdout, stderr } = spawnSync('npm', ['sbom', ...ARGS, '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) throw new Error(`npm sbom ended with ${status}: ${stderr}`);
const bom = JSON.parse(stdout);
// npm calls the project after the folder that it happens to lie in.
bom.metadata.component.name = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).name;
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
