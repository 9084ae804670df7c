import { ServerRefusal } from '../../platform/outgoing/server-client.js';
import { type Answer, listOf, NoJson, pointOf, textOf } from './answer.js';
import { ask, inParallel, nextOf, type Reading, tokenOf } from './asking.js';
import type { UnreadMetric } from './staging.store.js';

const POINTS_AT_ONCE = 25_000;
/** Metrics that are looked up at once, to be asked for. */
const METRICS_AT_ONCE = 2_000;
/** Points that several runs together probably have, where they are asked for at once. */
const PROBABLY = 15_000;
/** Runs of one request: of newer servers, of older ones, and of those that know no such thing. */
const RUNS_AT_ONCE = [100, 20, 1] as const;

/** The history of every metric of every run: nothing tells them all at once. */
export async function readPoints(reading: Reading): Promise<void> {
  const { staging } = reading;
  const part = 'metric points';
  if (staging.place(part).isDone) return;
  const asking = new PointsReading(reading);
  let after: [string, string] = ['', ''];
  for (;;) {
    const metrics = staging.unreadMetrics(after, METRICS_AT_ONCE);
    const last = metrics.at(-1);
    if (last === undefined) break;
    const stale = metrics.filter(({ isStale }) => isStale);
    if (stale.length > 0) staging.dropPoints(stale);
    await inParallel(asking.groups(metrics), (group) => asking.read(group));
    after = [last.key, last.run];
  }
  staging.put({}, part, { after: undefined, isDone: true });
}

type Group = readonly UnreadMetric[];

const longest = (group: Group): number => Math.max(...group.map(({ step }) => step));

class PointsReading {
  readonly #reading: Reading;
  #count = 0;
  /** How often a server has refused so many runs at once. */
  #refused = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Metrics of one name that are asked for at once: with short histories, as steps let expect. */
  groups(metrics: readonly UnreadMetric[]): Group[] {
    const groups: UnreadMetric[][] = [];
    let expected = 0;
    for (const metric of metrics) {
      const points = Math.max(0, metric.step) + 1;
      const group = groups.at(-1);
      expected += points;
      const fits = group !== undefined && group.length < this.#most && expected <= PROBABLY;
      if (fits && group[0]?.key === metric.key) {
        group.push(metric);
      } else {
        groups.push([metric]);
        expected = points;
      }
    }
    // Pages of a long history come one after the other: all else is read meanwhile.
    return groups.sort((one, other) => longest(other) - longest(one));
  }

  async read(group: Group): Promise<void> {
    const [only] = group;
    if (only === undefined) return;
    if (group.length === 1) return this.#readOne(only);
    if (group.length > this.#most) return this.#readHalves(group);
    const points = await this.#askOf(group);
    if (points === undefined || points.length >= POINTS_AT_ONCE) return this.#readHalves(group);
    const { staging } = this.#reading;
    staging.put({
      metrics: points.map((point) => ({
        ...{ run_uuid: textOf(point.run_id), key: only.key },
        ...pointOf(point),
      })),
    });
    staging.pointsRead(group);
    this.#tell(points.length);
  }

  get #most(): number {
    return RUNS_AT_ONCE[this.#refused] ?? 1;
  }

  async #readHalves(group: Group): Promise<void> {
    const middle = Math.ceil(group.length / 2);
    await this.read(group.slice(0, middle));
    await this.read(group.slice(middle));
  }

  /** @returns nothing where the server does not tell them so */
  async #askOf(group: Group): Promise<readonly Answer[] | undefined> {
    const most = this.#most;
    try {
      const answer = await ask(this.#reading, {
        path: '/ajax-api/2.0/mlflow/metrics/get-history-bulk',
        query: {
          run_id: group.map(({ run }) => run),
          metric_key: group[0]?.key ?? '',
          max_results: POINTS_AT_ONCE,
        },
      });
      return listOf(answer.metrics);
    } catch (error) {
      // What is not a number is written as no JSON knows it.
      if (error instanceof NoJson) return undefined;
      if (!(error instanceof ServerRefusal)) throw error;
      if (this.#most === most) this.#refused += 1;
      return undefined;
    }
  }

  async #readOne(metric: UnreadMetric): Promise<void> {
    const { staging } = this.#reading;
    const { key, run } = metric;
    let token: string | undefined;
    do {
      const answer = await ask(this.#reading, {
        path: '/api/2.0/mlflow/metrics/get-history',
        query: { run_id: run, metric_key: key, max_results: POINTS_AT_ONCE, ...tokenOf(token) },
      });
      const points = listOf(answer.metrics);
      staging.put({ metrics: points.map((point) => ({ run_uuid: run, key, ...pointOf(point) })) });
      this.#tell(points.length);
      const next = nextOf(answer);
      token = next === token ? undefined : next;
    } while (token !== undefined);
    staging.pointsRead([metric]);
  }

  #tell(points: number): void {
    this.#count += points;
    this.#reading.told('reading metric points', this.#count);
  }
}
