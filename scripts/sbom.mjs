/** Prints what a release is made of, as CycloneDX: every package that an installation brings along. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const ARGS = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
const { status, stdout, stderr } = spawnSync('npm', ['sbom', ...ARGS, '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) throw new Error(`npm sbom ended with ${status}: ${stderr}`);
const bom = JSON.parse(stdout);
const read = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'));
// npm calls the project after the folder that it happens to lie in.
bom.metadata.component.name = read('package.json').name;

// `--omit dev` leaves out what tools and the program both need. The lockfile knows it better.
const { packages } = read('package-lock.json');
const shipped = new Set(
  Object.entries(packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`),
);
bom.components = bom.components.filter((each) => shipped.has(each['bom-ref']));
const kept = new Set([bom.metadata.component, ...bom.components].map((each) => each['bom-ref']));
bom.dependencies = bom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((on) => kept.has(on)) }));
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
