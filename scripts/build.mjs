/**
 * Makes dist/: generated types and contract, compiled code, the files it reads at run time, and the
 * web application.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './prepare.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);

run(bin('tsx'), ['scripts/generate.ts']);
run(bin('tsc'), ['-p', 'tsconfig.build.json']);
cpSync(join(root, 'src/generated/contract.json'), join(root, 'dist/src/generated/contract.json'));
run(process.execPath, [join(root, 'scripts', 'bundle.mjs')]);
run(bin('vite'), ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
