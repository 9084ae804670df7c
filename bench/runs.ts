import type { Api, Call } from './api.js';
import type { Run, RunAnswer } from './wire.js';

/** A moment in 2025: the times of everything written count from here. */
export const START_TIME = 1_750_000_000_000;

const PREPARING_CONNECTIONS = 8;
let created = 0;

/** As the Python client creates a run. */
export function createRunCall(experimentId: string, name: string, startTime: number): Call {
  const tags = [
    { key: 'mlflow.user', value: 'ada' },
    { key: 'mlflow.source.name', value: 'train.py' },
    { key: 'mlflow.source.type', value: 'LOCAL' },
  ];
  const body = {
    experiment_id: experimentId,
    user_id: 'ada',
    run_name: name,
    start_time: startTime,
  };
  return { method: 'POST', path: '/runs/create', body: { ...body, tags } };
}

/** Creates runs outside of the timing, and returns their ids. */
export async function createRuns(api: Api, experimentId: string, count: number): Promise<string[]> {
  const calls = Array.from({ length: count }, () =>
    createRunCall(experimentId, `prepared-${created}`, START_TIME + created++),
  );
  const answers = await api.all<RunAnswer>(calls, PREPARING_CONNECTIONS);
  return answers.map((answer) => answer.run.info.run_id);
}

export async function readRun(api: Api, runId: string): Promise<Run> {
  return (await api.get<RunAnswer>(`/runs/get?run_id=${runId}`)).run;
}

/** The item that a number falls on when the items take turns. */
export function inTurn<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to take turns');
  return item;
}

/** Spreads whole numbers over 0 to 1, always the same way, with all the digits a double has. */
export function fraction(index: number): number {
  return ((index * 7919 + 12_345) % 1_000_003) / 1_000_003;
}
