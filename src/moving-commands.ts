import type { Command } from 'commander';
import type { ImportFlags } from './moving/flags.js';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';

/** `runledger import`. @param toConfig settings of flags and environment */
export function addMovingCommands(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
): void {
  const command = program
    .command('import')
    .description('move everything in from a database of MLflow 2.9 to 3.17')
    .requiredOption('--from <uri>', 'the source: sqlite:///mlflow.db or postgresql://...')
    .option('--to <uri>', 'the target, as --backend-store-uri')
    .option('--artifacts <what>', 'copy the files too, or keep them where they are', 'keep')
    .option('--artifacts-from <folder>', "the source's artifact destination, for copy")
    .option('--accounts <uri>', "also MLflow's accounts and permissions: sqlite:///basic_auth.db");
  addServerFlags(command).action(async (options: RawSettings & ImportFlags) => {
    const { from, to, accounts, artifacts, artifactsFrom, ...settings } = options;
    const [{ checkFlags }, { runImport }] = await Promise.all([
      import('./moving/flags.js'),
      import('./run-import.js'),
    ]);
    const locations = checkFlags({ from, accounts, artifacts, artifactsFrom });
    const config = await toConfig(
      to === undefined ? settings : { ...settings, backendStoreUri: to },
    );
    await runImport(config, locations);
  });
}
