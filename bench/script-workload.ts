import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Context, type Driver, ownTrial } from './driver.js';
import { stockProgram } from './servers.js';

const SCRIPT = fileURLToPath(new URL('./client_script.py', import.meta.url));
const TIMEOUT_MS = 180_000;

/** A script with MLflow's own client: all of it, or the tracking part that every peer serves. */
export function script(part: 'whole' | 'tracking') {
  return async ({ server }: Context): Promise<Driver> => {
    const run = async () => {
      const { stdout } = await promisify(execFile)(stockProgram('python'), [SCRIPT, part], {
        cwd: server.folder,
        timeout: TIMEOUT_MS,
        env: {
          ...process.env,
          MLFLOW_TRACKING_URI: `http://127.0.0.1:${server.port}`,
          MLFLOW_DISABLE_TELEMETRY: 'true',
          DO_NOT_TRACK: 'true',
          MLFLOW_LOGGING_LEVEL: 'ERROR',
        },
      });
      const last = stdout.trim().split('\n').at(-1) ?? '';
      return JSON.parse(last) as { seconds: number; right: boolean };
    };
    return {
      trial: async () => {
        const { seconds, right } = await run();
        const elapsedMs = seconds * 1000;
        const complaints = right ? [] : ['what the script has stored is not there'];
        return ownTrial([elapsedMs], { elapsedMs, complaints });
      },
    };
  };
}
