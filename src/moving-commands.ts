import type { Command } from 'commander';
import type { ExportFlags } from './moving/export/flags.js';
import type { ImportFlags } from './moving/flags.js';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';
import type { ServerCredentials } from './platform/outgoing/server-client.js';

/**
 * `runledger import` and `runledger export`.
 *
 * @param toConfig settings of flags and environment
 * @param credentials for a server whose address has none
 */
export function addMovingCommands(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
  credentials: ServerCredentials,
): void {
  const command = program
    .command('import')
    .description('move everything in from a database or server of MLflow 2.9 to 3.17')
    .requiredOption(
      '--from <uri>',
      'the source: sqlite:///mlflow.db, postgresql://..., mysql://... or http://server',
    )
    .option('--to <uri>', 'the target, as --backend-store-uri')
    .option('--artifacts <what>', 'copy the files too, or keep them where they are', 'keep')
    .option('--artifacts-from <folder>', "the source's artifact destination, for copy")
    .option('--staging <file>', 'where to keep what a server says until all of it is there')
    .option('--accounts <uri>', "also MLflow's accounts and permissions: sqlite:///basic_auth.db");
  addServerFlags(command).action(async (options: RawSettings & ImportFlags) => {
    const { from, to, accounts, artifacts, artifactsFrom, staging, ...settings } = options;
    const [{ checkFlags }, { runImport }] = await Promise.all([
      import('./moving/flags.js'),
      import('./run-import.js'),
    ]);
    const locations = checkFlags(
      { from, accounts, artifacts, artifactsFrom, staging },
      credentials,
    );
    const config = await toConfig(
      to === undefined ? settings : { ...settings, backendStoreUri: to },
    );
    await runImport(config, locations);
  });
  addExportCommand(program, toConfig);
}

function addExportCommand(
  program: Command,
  toConfig: (options: RawSettings) => Promise<Config>,
): void {
  const command = program
    .command('export')
    .description('write a database that a server of MLflow 3.17 opens')
    .requiredOption('--to <uri>', 'the target: sqlite:///new.db or an empty postgresql://...')
    .option('--from <uri>', 'the source, as --backend-store-uri')
    .option('--artifacts <what>', 'copy the files too, or keep them where they are', 'keep')
    .option('--artifacts-to <folder>', "the other server's artifact destination, for copy")
    .option('--dry-run', 'only say what would be written');
  addServerFlags(command).action(async (options: RawSettings & ExportFlags) => {
    const { to, from, artifacts, artifactsTo, dryRun, ...settings } = options;
    const { checkExportFlags } = await import('./moving/export/flags.js');
    const plan = checkExportFlags({ to, artifacts, artifactsTo, dryRun });
    const config = await toConfig(
      from === undefined ? settings : { ...settings, backendStoreUri: from },
    );
    const { runExport } = await import('./run-export.js');
    await runExport(config, plan);
  });
}
