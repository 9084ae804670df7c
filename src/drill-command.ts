import type { Command } from 'commander';

interface DrillOptions {
  readonly trackingUri?: string;
  readonly poll: string;
}

/** What signs the caller in, as MLflow's clients read it. */
export interface DrillCredentials {
  readonly trackingUri: string | undefined;
  readonly token: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** `runledger drill`: has a server measure how long a rollback takes to reach who serves. */
export function addDrillCommand(program: Command, credentials: DrillCredentials): void {
  program
    .command('drill')
    .description('roll a model of its own back, and take the time until everybody knows')
    .option('--tracking-uri <url>', 'the server (default: MLFLOW_TRACKING_URI)')
    .option('--poll <seconds>', 'between two looks of a server that polls', '5')
    .action(async ({ trackingUri = credentials.trackingUri, poll }: DrillOptions) => {
      if (trackingUri === undefined) throw new Error('Name the server: --tracking-uri URL');
      const { createRunledgerClient } = await import('./client/client.js');
      const { token, username, password } = credentials;
      const who = token === undefined ? { username, password } : { token };
      const client = createRunledgerClient({ baseUrl: trackingUri.replace(/\/$/, ''), ...who });
      const { data } = await client
        .POST('/api/governance/v1/drills', { body: { poll_seconds: Number(poll) } })
        .catch((error: unknown) => {
          if (!(error instanceof TypeError)) throw error;
          throw new Error(`No server answers at ${trackingUri}`, { cause: error });
        });
      const { drill } = data;
      for (const { what, milliseconds, budget, within_budget, note } of drill?.measured ?? []) {
        const took = milliseconds === undefined ? (note ?? '') : `${milliseconds} ms`;
        const verdict = within_budget === true ? 'ok' : 'TOO SLOW';
        process.stdout.write(`${verdict} ${what}: ${took} (budget ${budget} ms)\n`);
      }
      process.stdout.write(`drill ${drill?.drill_id} is stored\n`);
      if (drill?.within_budget !== true) process.exitCode = 1;
    });
}
