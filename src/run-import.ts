import { randomUUID } from 'node:crypto';
import { UsersCli } from './access/users-cli.js';
import { auditSlices } from './audit-slices.js';
import type { CheckedFlags } from './moving/flags.js';
import { Importer } from './moving/import.service.js';
import { ImportStore } from './moving/imports.store.js';
import { ProgressLine } from './moving/progress.js';
import { isSame, printReport } from './moving/report.js';
import { SourceStore } from './moving/source.store.js';
import { TargetStore } from './moving/target.store.js';
import { moveArtifacts, printCopied } from './moving-artifacts.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import { openDatabase } from './platform/db/open.js';
import { describeSource, openReadOnly } from './platform/db/read-only-source.js';
import { migrate } from './run-server.js';

/** Moves everything in, and prints the report. Sets the exit status if both sides differ. */
export async function runImport(
  config: Config,
  { source, accounts, artifacts }: CheckedFlags,
): Promise<void> {
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
      const report = await importer.run(describeSource(source), {
        caller: { name: 'command line', isAdmin: true, method: 'nobody' },
        origin: { address: '', userAgent: 'runledger import', requestId: randomUUID() },
      });
      line.end();
      process.stdout.write(printReport(report));
      if (!report.families.every(isSame)) process.exitCode = 1;
      if (artifacts !== undefined) {
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
