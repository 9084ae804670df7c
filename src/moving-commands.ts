import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { ExportFlags } from './moving/export/flags.js';
import type { ImportFlags } from './moving/flags.js';
import type { Config } from './platform/config/config.js';
import { addServerFlags } from './platform/config/flags.js';
import type { RawSettings } from './platform/config/raw-settings.js';

/** `runledger import` and `runledger export`. @param toConfig settings of flags and environment */
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
    const { checkFlags } = await import('./moving/flags.js');
    const locations = checkFlags({ from, accounts, artifacts, artifactsFrom });
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

async function runImport(
  config: Config,
  { source, accounts, artifacts }: ReturnType<typeof import('./moving/flags.js').checkFlags>,
): Promise<void> {
  const [
    { migrate },
    { openDatabase },
    { openReadOnly },
    { describeLocation },
    { systemClock },
    { auditSlices },
    { Importer },
    { ImportStore },
    { SourceStore },
    { TargetStore },
    { ProgressLine },
    { isSame, printReport },
    { UsersCli },
  ] = await Promise.all([
    import('./run-server.js'),
    import('./platform/db/open.js'),
    import('./platform/db/read-only-source.js'),
    import('./platform/db/uri.js'),
    import('./platform/clock.js'),
    import('./audit-slices.js'),
    import('./moving/import.service.js'),
    import('./moving/imports.store.js'),
    import('./moving/source.store.js'),
    import('./moving/target.store.js'),
    import('./moving/progress.js'),
    import('./moving/report.js'),
    import('./access/users-cli.js'),
  ]);
  const opened = await openReadOnly(source);
  try {
    const reader = new SourceStore(opened);
    // What can't be read is refused before the target is made.
    await reader.revision();
    await migrate(config);
    const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
    try {
      const { trail } = auditSlices(config, database, systemClock);
      const line = new ProgressLine(process.stderr);
      const importer = new Importer({
        ...{ database, trail, now: systemClock, source: reader },
        target: new TargetStore(database),
        imports: new ImportStore(database),
        told: (what, rows) => line.show(what, rows),
      });
      const report = await importer.run(describeLocation(source), {
        caller: { name: 'command line', isAdmin: true, method: 'nobody' },
        origin: { address: '', userAgent: 'runledger import', requestId: randomUUID() },
      });
      line.end();
      process.stdout.write(printReport(report));
      if (!report.families.every(isSame)) process.exitCode = 1;
      if (artifacts !== undefined) {
        const { moveArtifacts, printCopied } = await import('./moving-artifacts.js');
        const copied = await moveArtifacts(artifacts, config.artifacts, (files) =>
          line.show('copying artifacts', files),
        );
        line.end();
        process.stdout.write(printCopied(copied));
        if (copied.different.length > 0) process.exitCode = 1;
      }
      if (accounts !== undefined) {
        const print = (text: string) => void process.stdout.write(`${text}\n`);
        await new UsersCli({ database, trail, now: systemClock, print }).import(accounts);
      }
    } finally {
      await database.close();
    }
  } finally {
    await opened.close();
  }
}
