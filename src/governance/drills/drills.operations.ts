import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { nextPage, readPage } from '../pages.js';
import { checkMayWrite } from '../writing-tokens.js';
import type { DrillService } from './drill.service.js';
import type { Drill, DrillStore } from './drills.store.js';

type Ids = 'listDrills' | 'startDrill';

export interface DrillOperationParts {
  readonly database: Database;
  readonly store: DrillStore;
  readonly drills: DrillService;
}

/** Drills, for who may make models: a drill makes one of its own, and deletes it. */
export const drillOperations = ({
  database,
  store,
  drills,
}: DrillOperationParts): OperationTable<Ids> => ({
  startDrill: {
    access: 'create',
    of: 'registered_model',
    handler: async ({ poll_seconds }, by) => {
      checkMayWrite(by);
      const seconds = poll_seconds === undefined ? undefined : Number(poll_seconds);
      return { drill: toWire(await drills.start(seconds, by)) };
    },
  },
  listDrills: {
    access: 'login',
    of: 'server',
    handler: async ({ max_results, page_token }) => {
      const { before, limit } = readPage(max_results, page_token);
      const rows = await store.page(database.read, before, limit);
      return { drills: rows.map(toWire), ...nextPage(rows, limit) };
    },
  },
});

const toWire = ({ id, model, startedBy, startedTime, isWithinBudget, measured }: Drill) => ({
  ...{ drill_id: id, model, started_by: startedBy, started_time: startedTime },
  within_budget: isWithinBudget,
  measured: measured.map((one) => ({ ...one })),
});
