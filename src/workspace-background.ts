import type { BackgroundWork } from './background.js';
import { createCardExpiry } from './card-expiry-work.js';
import { createDrillWork } from './drill-work.js';
import { createEmergencyWatch } from './emergencies.js';
import { createEvidenceWork } from './evidence-jobs.js';
import { createWatches } from './notification-work.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { DEFAULT_WORKSPACE, inWorkspace } from './platform/db/workspace.js';
import type { Log } from './platform/log.js';
import { Rounds } from './platform/rounds.js';
import { WorkspaceStore } from './workspaces/workspaces.store.js';

/** Milliseconds between two looks for workspaces that have come or gone. */
const EVERY = 5_000;

/** What a server does by itself for the models of one workspace. */
export function worksOf(config: Config, here: Database, log: Log): BackgroundWork[] {
  const { alerts, ...watches } = createWatches(config, here, log);
  return [
    watches,
    createEvidenceWork(config, here, log, alerts),
    createCardExpiry(config, here, log),
    createEmergencyWatch(config, here, log),
    createDrillWork(config, here, log),
  ];
}

/**
 * Does for each workspace what is done for the default one; nothing where there are none, or
 * nobody looks after models.
 */
export function createWorkspaceWork(config: Config, database: Database, log: Log): BackgroundWork {
  const store = new WorkspaceStore(database);
  const running = new Map<string, readonly BackgroundWork[]>();

  const look = async (): Promise<undefined> => {
    const names = new Set((await store.list(database.read)).map(({ name }) => name));
    names.delete(DEFAULT_WORKSPACE);
    for (const [name, works] of running) {
      if (names.has(name)) continue;
      running.delete(name);
      await Promise.all(works.map((work) => work.stop()));
    }
    for (const name of names) {
      if (running.has(name)) continue;
      const works = worksOf(config, inWorkspace(database, name), log);
      running.set(name, works);
      for (const work of works) work.start();
    }
  };
  const failed = 'workspaces can not be looked for';
  const rounds = new Rounds({ look, every: EVERY, log, failed });
  return {
    start: () => {
      if (config.workspaces.enabled && config.governance.mode !== 'compat') rounds.start();
    },
    stop: async () => {
      await rounds.stop();
      await Promise.all([...running.values()].flat().map((work) => work.stop()));
    },
  };
}
