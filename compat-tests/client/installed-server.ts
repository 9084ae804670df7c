import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface InstalledServer {
  readonly url: string;
  /** @returns the exit code */
  stop(): Promise<number>;
}

/** Starts the program that a package has brought into a folder, as `npx runledger server` does. */
export async function startInstalled(folder: string): Promise<InstalledServer> {
  const program = join(folder, 'node_modules', 'runledger', 'bin', 'runledger.mjs');
  const child = spawn(process.execPath, [program, 'server', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let failed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failed += text;
  });
  const ended = once(child, 'exit');
  for (let round = 0; round < 1_200; round += 1) {
    const url = /listens on (http:\S+)/.exec(printed)?.[1];
    if (url !== undefined) {
      const stop = async () => {
        child.kill('SIGTERM');
        return Number((await ended)[0]);
      };
      return { url, stop };
    }
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`The installed server did not start: ${printed}${failed}`);
}
