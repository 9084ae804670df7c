import { randomUUID } from 'node:crypto';
import { auditSlices } from './audit-slices.js';
import { Exporter, exportNotes } from './moving/export/export.service.js';
import type { ExportPlan } from './moving/export/flags.js';
import { MlflowTarget } from './moving/export/mlflow-target.store.js';
import { OursStore } from './moving/export/ours.store.js';
import { openPlace } from './moving/export/place.js';
import { families } from './moving/families.js';
import { ProgressLine } from './moving/progress.js';
import { isSame, printReport, type Report } from './moving/report.js';
import { SourceStore } from './moving/source.store.js';
import { systemClock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import { foreignDialect } from './platform/db/foreign-dialect.js';
import { migrationStatus } from './platform/db/migrate.js';
import { openDatabase } from './platform/db/open.js';
import { openReadOnly } from './platform/db/read-only-source.js';
import { describeLocation } from './platform/db/uri.js';
import { startError } from './platform/start-error.js';

/**
 * Writes a database that `mlflow server` opens; servers may run meanwhile, and all of it is of one
 * moment.
 *
 * @throws Error with one sentence for what can't be done
 */
export async function runExport(
  config: Config,
  plan: ExportPlan,
  out: NodeJS.WriteStream = process.stdout,
): Promise<void> {
  await checkSchema(config);
  const source = await openReadOnly(config.database);
  const line = new ProgressLine(process.stderr);
  try {
    const ours = new OursStore(source);
    if (plan.isDry) {
      out.write(await printHoldings(ours));
      return;
    }
    await recordExport(config, plan);
    const report = await exportTo(plan, ours, line);
    line.end();
    out.write(printReport(report));
    if (!report.families.every(isSame)) process.exitCode = 1;
  } finally {
    await source.close();
  }
  if (plan.artifacts === undefined) return;
  const { copyArtifactsOut, printCopied } = await import('./moving-artifacts.js');
  const copied = await copyArtifactsOut(config.artifacts, plan.artifacts, (files) =>
    line.show('copying artifacts', files),
  );
  line.end();
  out.write(printCopied(copied));
  if (copied.different.length > 0) process.exitCode = 1;
}

async function exportTo(plan: ExportPlan, ours: OursStore, line: ProgressLine): Promise<Report> {
  const place = await openPlace(plan.target);
  const removeAtSignal = () => {
    void place.clear().finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, removeAtSignal);
  try {
    const database = await openDatabase({
      ...{
        location: place.location,
        durability: 'relaxed',
        scanThreads: 0,
        poolSize: 2,
        isDraft: true,
      },
    });
    let report: Report;
    try {
      await database.alive().catch((error: unknown) => {
        throw startError(`Can't write the database ${describeLocation(plan.target)}`, error);
      });
      report = await new Exporter({
        ...{ ours, now: systemClock },
        target: new MlflowTarget(database, foreignDialect(place.location.kind)),
        written: async () => {
          const opened = await openReadOnly(place.location);
          return { store: new SourceStore(opened), close: () => opened.close() };
        },
        told: (what, rows) => line.show(what, rows),
      }).run();
    } finally {
      await database.close();
    }
    await place.keep();
    return report;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, removeAtSignal);
    await place.clear();
  }
}

/** Whoever takes everything along is in the audit log, before anything is taken. */
async function recordExport(config: Config, plan: ExportPlan): Promise<void> {
  const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
  try {
    const { trail } = auditSlices(config, database, systemClock);
    const by = {
      caller: { name: 'command line', isAdmin: true, method: 'nobody' as const },
      origin: { address: '', userAgent: 'runledger export', requestId: randomUUID() },
    };
    const target = describeLocation(plan.target);
    await database
      .write((tx) =>
        trail.record(tx, by, {
          ...{ action: 'server.export', object: { kind: 'server', id: 'export' } },
          after: { target, artifacts: plan.artifacts ?? 'kept' },
        }),
      )
      .catch((error: unknown) => {
        throw startError("Can't write the export into the audit log", error);
      });
  } finally {
    await database.close();
  }
}

/** @throws Error with one sentence when there is nothing to export, or not by this version */
async function checkSchema({ database }: Config): Promise<void> {
  const { applied, pending, unknown } = await migrationStatus(database);
  const name = describeLocation(database);
  if (applied.length === 0) throw new Error(`The database ${name} holds nothing to export`);
  if (pending.length > 0) {
    throw new Error(
      `The database ${name} has the schema of an earlier version; bring it up to date with ` +
        "'runledger migrate up' before the export",
    );
  }
  if (unknown.length > 0) {
    throw new Error(`The database ${name} has the schema of a newer version; export with that`);
  }
}

async function printHoldings(ours: OursStore): Promise<string> {
  const lines: string[] = ['Nothing is written. These would be:'];
  for (const family of families(true)) {
    const count = await ours.count(family);
    if (count > 0) lines.push(`${String(count).padStart(12)}  ${family.title}`);
  }
  return `${[...lines, ...(await exportNotes(ours, []))].join('\n')}\n`;
}
