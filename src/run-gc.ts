import { parseLocation } from './artifacts/location.js';
import type { SafePath } from './artifacts/safe-path.js';
import { joinLocation } from './artifacts/uri.js';
import { gcSlices } from './gc-slices.js';
import { GcReport } from './housekeeping/gc/gc-report.js';
import { LOGGED_MODEL, RUN } from './housekeeping/gc/kinds.js';
import { checkNamed, namedExperiments } from './housekeeping/gc/named.js';
import { orphansIn } from './housekeeping/gc/orphans.js';
import { parseAge } from './platform/config/age.js';
import type { Config } from './platform/config/config.js';
import { list } from './platform/config/values.js';
import type { Database } from './platform/db/database.js';
import { openDatabase } from './platform/db/open.js';
import { migrate } from './run-server.js';

export interface GcOptions {
  readonly olderThan?: string;
  readonly runIds?: string;
  readonly experimentIds?: string;
  readonly loggedModelIds?: string;
  readonly orphanedArtifacts?: boolean;
  readonly dryRun?: boolean;
  readonly trackingUri?: string;
}

/**
 * Deletes for good, straight on the database; servers may run meanwhile.
 *
 * @throws Error with one sentence for what can not be done; then nothing has been
 */
export async function runGc(
  config: Config,
  options: GcOptions,
  print: (line: string) => void,
): Promise<void> {
  const age = options.olderThan === undefined ? 0 : parseAge('--older-than', options.olderThan);
  await migrate(config);
  const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
  try {
    await collect(config, database, { ...options, before: Date.now() - age }, print);
  } finally {
    await database.close();
  }
}

async function collect(
  config: Config,
  database: Database,
  options: GcOptions & { readonly before: number },
  print: (line: string) => void,
): Promise<void> {
  const { collector, store, places } = gcSlices(config, database, 'command line');
  const { before, olderThan, dryRun = false } = options;
  const report = new GcReport(print, dryRun);
  const wish = { before, dryRun };
  const named = (ids: string) => ({ ids: [...new Set(list(ids))], before, olderThan });
  const { runIds, experimentIds, loggedModelIds } = options;
  if (runIds === undefined && experimentIds === undefined && loggedModelIds === undefined) {
    await collector.collect(wish, report);
  } else {
    // All are looked at before the first one goes.
    const kinds = [
      { kind: RUN, asked: named(runIds ?? '') },
      { kind: LOGGED_MODEL, asked: named(loggedModelIds ?? '') },
    ];
    for (const { kind, asked } of kinds) await checkNamed(database, store, kind, asked);
    const experiments = await namedExperiments(database, store, named(experimentIds ?? ''));
    if (!dryRun) await collector.finish(report);
    for (const { kind, asked } of kinds) {
      await collector.ofKind(kind, { ids: asked.ids }, wish, report);
    }
    for (const one of experiments) await collector.experiment(one, wish, report);
    if (!dryRun) await collector.finish(report);
  }
  if (options.orphanedArtifacts === true) {
    const { destination, defaultRoot } = config.artifacts;
    const apart = parseLocation(defaultRoot).kind !== 'proxied' && defaultRoot !== destination;
    for (const uri of apart ? [destination, defaultRoot] : [destination]) {
      const root = places.at(uri).backend;
      const spellings = uri === destination ? [destination, 'mlflow-artifacts:'] : [uri];
      const locationsOf = (path: SafePath) =>
        spellings.map((spelling) => joinLocation(spelling, path.text));
      for await (const orphan of orphansIn(root, database, store, locationsOf)) {
        if (!dryRun) await root.remove(orphan.path);
        report.orphan(joinLocation(uri, orphan.path.text), orphan);
      }
    }
  }
  report.end();
}
