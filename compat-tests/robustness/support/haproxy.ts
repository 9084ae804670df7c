import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureHaproxy } from '../../../scripts/ensure-haproxy.mjs';
import { freePort } from '../../../src/testing/postgres-setup.js';
import { isHealthy } from '../../servers.js';
import type { Place } from './place.js';

/** As in docs/operations.md, but for quicker checks. */
const configuration = (port: number, replicas: readonly number[]): string => `
global
  maxconn 1000
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch
frontend mlflow
  bind 127.0.0.1:${port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /ready
  default-server check inter 200ms fall 2 rise 1
${replicas.map((each) => `  server on-${each} 127.0.0.1:${each}`).join('\n')}
`;

/**
 * Starts a real load balancer before servers on these ports of 127.0.0.1.
 *
 * @returns its URL
 */
export async function startHaproxy(place: Place, replicas: readonly number[]): Promise<string> {
  const port = await freePort();
  const file = join(place.folder, 'haproxy.cfg');
  writeFileSync(file, configuration(port, replicas));
  const child = spawn(ensureHaproxy(), ['-db', '-f', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const ended = once(child, 'exit');
  place.atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 30_000; !(await isHealthy(url)); ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`HAProxy leads nowhere: ${printed}`);
    }
    await sleep(50);
  }
  return url;
}
