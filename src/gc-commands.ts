import type { Command } from 'commander';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';
import type { GcOptions } from './run-gc.js';

/**
 * `runledger gc` and `runledger vacuum`.
 *
 * @param toConfig settings of flags and environment
 * @param workspace the active one, of MLFLOW_WORKSPACE
 */
export function addGcCommands(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
  workspace: string | undefined,
): void {
  addServerFlags(
    program
      .command('gc')
      .description('delete for good what is in the deleted stage, with its artifacts')
      .option('--older-than <age>', 'only what was deleted that long ago: 10d2h, 1.5h, 30m10s')
      .option('--run-ids <ids>', 'comma-separated; only these runs')
      .option('--experiment-ids <ids>', 'comma-separated; only these experiments')
      .option('--logged-model-ids <ids>', 'comma-separated; only these logged models')
      .option('--workspace <name>', 'only this one, with --enable-workspaces (MLFLOW_WORKSPACE)')
      .option('--all-workspaces', 'all of them, not only the one that is active')
      .option('--orphaned-artifacts', 'also folders of no run, logged model or trace')
      .option('--dry-run', 'delete nothing; show what would go')
      .option('--jobs', 'taken as well: there are no jobs of MLflow here')
      .option('--job-ids <ids>', 'taken as well')
      .option('--tracking-uri <uri>', 'taken for the sake of scripts for mlflow, and not needed'),
  ).action(async (options: RawSettings & GcOptions) => {
    const { trackingUri: _, jobs: __, jobIds: ___, ...rest } = options;
    const { runGc } = await import('./run-gc.js');
    const config = await toConfig(rest);
    await runGc(config, rest, (line) => process.stdout.write(`${line}\n`), workspace);
  });
  addServerFlags(
    program
      .command('vacuum')
      .description('give the space of what was deleted back, and renew statistics'),
  ).action(async (options: RawSettings) => {
    const { vacuum } = await import('./housekeeping/vacuum.js');
    const { before, after } = await vacuum((await toConfig(options)).database);
    process.stdout.write(`the database has shrunk from ${before} to ${after} bytes\n`);
  });
}
