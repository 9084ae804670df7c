import { toConfig } from '../../platform/config/config.js';
import type { RawSettings } from '../../platform/config/raw-settings.js';
import type { Database } from '../../platform/db/database.js';
import { createSlices } from '../../slices.js';
import { BY_TESTER } from '../../testing/tester.js';
import type { KeyValue } from '../runs/runs.js';
import type { RunRequest } from '../runs/runs.service.js';
import { runToJson } from '../runs/runs.wire.js';

/** A run as the wire shows it. */
export interface WireRun {
  readonly info: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly metrics?: readonly unknown[];
    readonly params?: readonly KeyValue[];
    readonly tags?: readonly KeyValue[];
  };
}

/** Tracking over a database, with a clock that shows another time at each look. */
export function trackingOn(database: Database, raw: RawSettings = {}) {
  let time = 1_000;
  const slices = createSlices(toConfig(raw), database, { now: () => ++time });
  let names = 0;
  return {
    ...slices,
    experiment: (name = `experiment ${++names}`) =>
      slices.experiments.create(name, undefined, [], BY_TESTER),
    createRun: (experimentId: string, wish: Partial<RunRequest> = {}) =>
      slices.runs.create({ ...PLAIN, experimentId, ...wish }, BY_TESTER),
    run: async (experimentId: string, wish: Partial<RunRequest> = {}): Promise<string> => {
      const { info } = await slices.runs.create({ ...PLAIN, experimentId, ...wish }, BY_TESTER);
      return info.run_id;
    },
    show: async (runId: string): Promise<WireRun> => {
      const row = await slices.runStore.read(database.read, runId);
      if (row === undefined) throw new Error(`There is no run ${runId}`);
      return JSON.parse(runToJson(row, true)) as WireRun;
    },
  };
}

export type Tracking = ReturnType<typeof trackingOn>;

const PLAIN: RunRequest = {
  experimentId: undefined,
  userId: '',
  name: '',
  startTime: 0,
  tags: [],
  idempotencyKey: undefined,
};
