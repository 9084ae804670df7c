/**
 * Runs parts of a check: step after step, the lanes of a step side by side, and the parts of a lane one after the
 * other. Nothing begins after a failure, and what has begun is waited for.
 */
import { spawn } from 'node:child_process';
import { root } from './prepare.mjs';

/**
 * @typedef {[name: string, command: [program: string, args: string[], environment?: Record<string, string>]]} Part
 * @typedef {Part[]} Lane
 */

/**
 * Shows what the first lane of a step prints as it comes, and what others print once a part of theirs is done;
 * at the end a line for each part, with its time, and the totals.
 *
 * @param {Lane[][]} steps
 * @returns {Promise<boolean>} whether all passed
 */
export async function passAll(steps) {
  const results = [];
  for (const lanes of steps) {
    await Promise.all(lanes.map((lane, index) => passLane(lane, index === 0, results)));
    if (results.some(({ ok }) => !ok)) break;
  }
  const failed = results.filter(({ ok }) => !ok).length;
  const lines = results.map(({ ok, name, s }) => `${ok ? 'ok    ' : 'FAILED'} ${name} (${s} s)`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  return failed === 0;
}

async function passLane(lane, isShown, results) {
  for (const [name, command] of lane) {
    if (results.some(({ ok }) => !ok)) return;
    const heading = `\n=== ${name}\n`;
    if (isShown) process.stdout.write(heading);
    const start = Date.now();
    const { ok, output } = await run(command, isShown);
    if (!isShown) process.stdout.write(Buffer.concat([Buffer.from(heading), ...output]));
    results.push({ name, ok, s: Math.round((Date.now() - start) / 1000) });
  }
}

function run([program, args, environment = {}], isShown) {
  return new Promise((resolve) => {
    const output = [];
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
      env: { ...process.env, ...environment },
    });
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.once('error', (error) => {
      process.stderr.write(`${program}: ${error.message}\n`);
      resolve({ ok: false, output });
    });
    child.once('close', (status) => resolve({ ok: status === 0, output }));
  });
}
