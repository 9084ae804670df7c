/**
 * `npm run check`: what to run before each commit, in under a minute. Lint, types, and the unit tests on SQLite but the
 * few that take long. `npm test` runs those, and all of them on PostgreSQL.
 */
import { join } from 'node:path';
import { passAll } from './parts.mjs';
import { root } from './prepare.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const types = (project) => [
  bin('tsc'),
  [
    ...['--noEmit', '--project', project, '--incremental', '--tsBuildInfoFile'],
    join('node_modules', '.cache', `types-${project === '.' ? 'server' : project}.tsbuildinfo`),
  ],
];

/** They ask each operation in many ways, or start programs. */
const LONG = [
  ...['src/access-table.test.ts', 'src/contract.test.ts', 'src/long-texts.test.ts'],
  ...['src/upgrades.test.ts', 'src/sbom.test.ts', 'src/moving/import.test.ts'],
  ...['src/artifacts/backends/backend.test.ts', 'src/platform/db/replica.test.ts'],
  ...['src/audit/tampering.test.ts', 'src/governance/protection/evasions.test.ts'],
];

const quickTests = [
  ...['run', '--testNamePattern', '^(?!.*PostgreSQL)'],
  ...LONG.flatMap((file) => ['--exclude', file]),
];

const passed = await passAll([
  [[['generated code', [bin('tsx'), ['scripts/generate.ts']]]]],
  [
    [['unit tests on SQLite', [bin('vitest'), quickTests]]],
    [
      ['lint', [bin('biome'), ['check', '.']]],
      ['types', types('.')],
      ['types of the web application', types('web')],
    ],
  ],
]);
process.exitCode = passed ? 0 : 1;
