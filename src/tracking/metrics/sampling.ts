import type { Database } from '../../platform/db/database.js';
import { arrangeSamples } from './history.js';
import type { HistoryMarking } from './marking.service.js';
import type { HistoryRow } from './metrics.store.js';
import {
  GAP,
  type Mark,
  type Marked,
  type RunState,
  type SampledRow,
  type SamplingStore,
  type Steps,
  UNORDERED,
} from './sampling.store.js';
import { walked } from './walking.store.js';

/** Points from which on a history is worth marks: fewer are read as a whole in as much time. */
export const LONG = 50_000;
/** Points behind the last mark that are counted at each look, at most. */
const MOST_LOOSE = 40_000;
/** And so many of them are left without marks: it may be growing still, by several writers. */
const LOOSE = 20_000;
const LOOSE_END = 10_000;

type MarkedRun = Marked & Mark & { readonly run_id: string };

/** Samples histories: those with marks by these, so that a long one costs no more than a short one. */
export class HistorySampler {
  readonly #database: Database;
  readonly #store: SamplingStore;
  readonly #marking: Pick<HistoryMarking, 'mark'>;
  readonly #longFrom: number;

  /** @param longFrom tests choose it to have short histories sampled as long ones */
  constructor(
    database: Database,
    store: SamplingStore,
    marking: Pick<HistoryMarking, 'mark'>,
    longFrom = LONG,
  ) {
    this.#database = database;
    this.#store = store;
    this.#marking = marking;
    this.#longFrom = longFrom;
  }

  /** @returns the samples of all runs, in the order of the request */
  async sample(
    runIds: readonly string[],
    key: string,
    buckets: number,
    steps: Steps | undefined,
  ): Promise<HistoryRow[]> {
    const { scan } = this.#database;
    const states = await this.#store.states(scan, runIds, key, this.#longFrom);
    const found: SampledRow[] = [];
    const done = new Set<string>();
    for (const state of states) {
      if (state.is_long === 0) continue;
      const rows = await this.#long(state, buckets, steps);
      if (rows === undefined) continue;
      done.add(state.run_id);
      found.push(...rows);
    }
    const rest = runIds.filter((id) => !done.has(id));
    if (rest.length > 0) {
      found.push(...(await this.#store.sampled(scan, rest, key, buckets, steps)));
    }
    return arrangeSamples(found, runIds, buckets);
  }

  /** @returns nothing where all points have to be read and sorted */
  async #long(
    state: RunState,
    buckets: number,
    steps: Steps | undefined,
  ): Promise<SampledRow[] | undefined> {
    const isMarked = hasMarks(state);
    if (isMarked && state.place === UNORDERED) return undefined;
    const rows = isMarked ? await this.#byMarks(state, buckets, steps) : undefined;
    if (!isMarked) void this.#marking.mark(state);
    return rows ?? walked(this.#database.scan, state, buckets, steps);
  }

  /** @returns nothing where the marks don't suffice */
  async #byMarks(
    history: MarkedRun,
    buckets: number,
    steps: Steps | undefined,
  ): Promise<SampledRow[] | undefined> {
    const { scan } = this.#database;
    const { points, back } = await this.#store.tail(scan, history, history, MOST_LOOSE + 1);
    if (back > 0 || points > MOST_LOOSE) return undefined;
    if (points > LOOSE) void this.#marking.mark(history, LOOSE_END);

    const [first, end] = steps
      ? [await this.#below(history, steps[0], false), await this.#below(history, steps[1], true)]
      : [0, history.place + points];
    const places = samplePlaces(Math.max(end - first, 0), buckets).map((place) => first + place);
    const rows = await this.#at(history, places);
    // What was found by marks is right if they still hold now that all is read.
    if (rows?.length !== places.length || !(await this.#store.areValid(scan, history))) {
      return undefined;
    }
    return rows.map((row, index) => ({
      ...row,
      run_id: history.run_id,
      is_last: places[index] === end - 1 ? 1 : 0,
      total: end - first,
    }));
  }

  /** @returns how many points have a lesser step, or also an equal one */
  async #below(history: MarkedRun, step: Steps[0], orEqual: boolean): Promise<number> {
    const { scan } = this.#database;
    const mark = await this.#store.markBelow(scan, history, step, orEqual);
    if (mark === undefined) return 0;
    const most = mark.place === history.place ? MOST_LOOSE : GAP;
    return mark.place + (await this.#store.countBelow(scan, history, mark, most, step, orEqual));
  }

  async #at(history: MarkedRun, places: readonly number[]) {
    const { scan } = this.#database;
    const near = places.filter((place) => place < history.place);
    const loose = places.filter((place) => place >= history.place);
    const markOf = (place: number) => place - (place % GAP);
    const list = await this.#store.marksAt(scan, history, [...new Set(near.map(markOf))]);
    const marks = new Map(list.map((mark) => [mark.place, mark]));
    const wanted = near.flatMap((place) => {
      const mark = marks.get(markOf(place));
      return mark ? [{ mark, distance: place - mark.place }] : [];
    });
    const rows = wanted.length > 0 ? await this.#store.behind(scan, history, wanted) : [];
    if (loose.length === 0) return rows;
    const distances = loose.map((place) => place - history.place);
    return [...rows, ...(await this.#store.inTail(scan, history, history, distances, MOST_LOOSE))];
  }
}

const hasMarks = (state: RunState): state is RunState & MarkedRun => state.place !== null;

/** @returns the places that MLflow keeps of so many points: the first of each bucket, and the last */
export function samplePlaces(points: number, buckets: number): number[] {
  if (points <= buckets) return Array.from({ length: points }, (_, place) => place);
  const size = Math.floor(points / buckets);
  const larger = points % buckets;
  const places = Array.from(
    { length: buckets },
    (_, bucket) => bucket * size + Math.min(bucket, larger),
  );
  return places.at(-1) === points - 1 ? places : [...places, points - 1];
}
