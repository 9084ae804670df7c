import { existsSync } from 'node:fs';
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
import { describeLocation } from './platform/db/uri.js';
import { DEFAULT_WORKSPACE } from './platform/db/workspace.js';
import { migrate } from './run-server.js';

export interface GcOptions {
  readonly olderThan?: string;
  readonly runIds?: string;
  readonly experimentIds?: string;
  readonly loggedModelIds?: string;
  readonly orphanedArtifacts?: boolean;
  readonly dryRun?: boolean;
  readonly trackingUri?: string;
  readonly jobs?: boolean;
  readonly jobIds?: string;
  readonly workspace?: string;
  readonly allWorkspaces?: boolean;
}

/**
 * Deletes for good, straight on the database; servers may run meanwhile.
 *
 * @param active the workspace that is meant where there are some and none is named
 * @throws Error with one sentence for what can not be done; then nothing has been
 */
export async function runGc(
  config: Config,
  options: GcOptions,
  print: (line: string) => void,
  active?: string,
): Promise<void> {
  const workspace = oneWorkspace(config, options, active);
  const age = options.olderThan === undefined ? 0 : parseAge('--older-than', options.olderThan);
  const { database: location } = config;
  if (location.kind === 'sqlite' && !existsSync(location.file)) {
    throw new Error(`There is no database ${describeLocation(location)}`);
  }
  await migrate(config);
  const database = await openDatabase({ ...config, location: config.database, scanThreads: 0 });
  try {
    const before = Date.now() - age;
    await collect(config, database, { ...options, before }, print, workspace);
  } finally {
    await database.close();
  }
}

async function collect(
  config: Config,
  database: Database,
  options: GcOptions & { readonly before: number },
  print: (line: string) => void,
  workspace: string | undefined,
): Promise<void> {
  const { collector, store, places } = gcSlices(config, database, 'command line', { workspace });
  if (workspace !== undefined && !(await store.hasWorkspace(database.scan, workspace))) {
    throw new Error(`There is no workspace ${workspace.slice(0, 100)}`);
  }
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
    const [destination, defaultRoot] = [
      absolute(config.artifacts.destination),
      absolute(config.artifacts.defaultRoot),
    ];
    const apart = parseLocation(defaultRoot).kind !== 'proxied' && defaultRoot !== destination;
    for (const uri of apart ? [destination, defaultRoot] : [destination]) {
      const root = places.at(uri).backend;
      const spellings = uri === destination ? [destination, 'mlflow-artifacts:'] : [uri];
      const locationsOf = (path: SafePath) =>
        spellings.map((spelling) => joinLocation(spelling, path.text));
      for await (const orphan of orphansIn({ root, workspace }, database, store, locationsOf)) {
        if (!dryRun) await root.remove(orphan.path);
        report.orphan(joinLocation(uri, orphan.path.text), orphan);
      }
    }
  }
  report.end();
}

/** A folder as it is stored: without that a location means nothing to a server. */
function absolute(uri: string): string {
  const location = parseLocation(uri);
  return location.kind === 'local' ? location.path : uri;
}

/** @returns the only workspace that is meant; without --enable-workspaces all is one */
function oneWorkspace(
  { workspaces }: Config,
  { workspace, allWorkspaces }: GcOptions,
  active = DEFAULT_WORKSPACE,
): string | undefined {
  if (workspace !== undefined && allWorkspaces === true) {
    throw new Error('--workspace and --all-workspaces contradict each other');
  }
  if (workspaces.enabled) return allWorkspaces === true ? undefined : (workspace ?? active);
  if (workspace === undefined || workspace === DEFAULT_WORKSPACE) return undefined;
  throw new Error('--workspace needs --enable-workspaces');
}
