import type { Clock } from '../../platform/clock.js';
import { Checksum } from '../checksum.js';
import { families } from '../families.js';
import type { Family, Row } from '../family.js';
import type { Compared, Report } from '../report.js';
import type { Page, SourceStore } from '../source.store.js';
import { exceptionOf } from './exceptions.store.js';
import type { Kind } from './kind.js';
import { KINDS } from './kinds.js';
import type { MlflowTarget } from './mlflow-target.store.js';
import type { OursStore } from './ours.store.js';

const BATCH = 10_000;
const WIDE_BATCH = 500;
const METRICS = 'metric points';

export interface ExportParts {
  readonly ours: OursStore;
  readonly target: MlflowTarget;
  /** Reads what was written as a move in the other direction would. */
  readonly written: () => Promise<{
    readonly store: SourceStore;
    readonly close: () => Promise<void>;
  }>;
  readonly now: Clock;
  /** Told what has been done of the kind that is being copied or compared. */
  readonly told: (what: string, rows: number) => void;
}

/** Writes a database of MLflow's, and reads it back. */
export class Exporter {
  readonly #parts: ExportParts;
  #lost = 0;

  constructor(parts: ExportParts) {
    this.#parts = parts;
  }

  /** @throws Error with one sentence, before anything is written, when the target is not empty */
  async run(): Promise<Report> {
    const { target, now } = this.#parts;
    const start = now();
    await target.begin();
    let speed: number | undefined;
    for (const kind of KINDS) {
      const from = now();
      const copied = await this.#copy(kind);
      if (kind.title === METRICS && copied >= BATCH) {
        speed = (copied * 60_000) / Math.max(1, now() - from);
      }
    }
    await target.finish();
    const written = await this.#parts.written();
    const compared: Compared[] = [];
    try {
      for (const family of families(true)) {
        compared.push(await this.#compare(family, written.store));
      }
    } finally {
      // A file that is being read takes no writes.
      await written.close();
    }
    await target.release();
    const lost =
      this.#lost === 0
        ? []
        : [
            `${this.#lost} token counts or costs of traces told more than MLflow has columns for, ` +
              'which is left out.',
          ];
    const notes = [...(await exportNotes(this.#parts.ours, target.widened)), ...lost];
    return { families: compared, notes, seconds: (now() - start) / 1000, pointsPerMinute: speed };
  }

  async #copy(kind: Kind): Promise<number> {
    const { ours, target, told } = this.#parts;
    const limit = kind.isWide === true ? WIDE_BATCH : BATCH;
    let copied = 0;
    let after: Page['last'];
    do {
      const { rows, last } = await ours.page(kind, limit, after);
      const kept = kind.isKept === undefined ? rows : rows.filter(kind.isKept);
      if (kind.loses !== undefined) this.#lost += rows.filter(kind.loses).length;
      await target.insert(kind, kept.map(maker(kind)));
      copied += kept.length;
      after = last;
      told(`copying ${kind.title}`, copied);
    } while (after !== undefined);
    return copied;
  }

  async #compare(family: Family, written: SourceStore): Promise<Compared> {
    const { ours, told } = this.#parts;
    const { title } = family;
    const exception = exceptionOf(title);
    const limit = KINDS.find((kind) => kind.title === title)?.isWide === true ? WIDE_BATCH : BATCH;
    const here = await summed(
      (after) => ours.compared(family, limit, after, exception),
      exception.reads,
    );
    const there = new Checksum();
    for (const from of [family.source, ...(family.more ?? [])]) {
      await summed(
        (after) => written.page(family, from, limit, after),
        undefined,
        there,
        (rows) => told(`comparing ${title}`, rows),
      );
    }
    const source = exception.where === undefined ? here.rows : await ours.count(family);
    return {
      title,
      source,
      orphans: source - here.rows,
      target: there.rows,
      sourceDigest: here.digest,
      targetDigest: there.digest,
    };
  }
}

const maker =
  ({ makes = {} }: Kind) =>
  (row: Row): Row => ({
    ...row,
    ...Object.fromEntries(Object.entries(makes).map(([name, make]) => [name, make(row)])),
  });

async function summed(
  page: (after: Page['last']) => Promise<Page>,
  reads: ((row: Row) => Row) | undefined,
  sum = new Checksum(),
  told: (rows: number) => void = () => undefined,
): Promise<Checksum> {
  let after: Page['last'];
  do {
    const { rows, last } = await page(after);
    for (const row of rows) sum.add(reads === undefined ? row : reads(row));
    after = last;
    told(sum.rows);
  } while (after !== undefined);
  return sum;
}

/** @returns in words what stays behind, or needs a hand */
export async function exportNotes(
  ours: OursStore,
  widened: readonly string[],
): Promise<readonly string[]> {
  const left = await ours.withoutPlace();
  const secrets = await ours.secretWebhooks();
  const stages = await ours.customStages();
  return [
    ...(left.length === 0 ? [] : [`MLflow has no place for: ${left.join(', ')}.`]),
    ...(await ours.outsideArtifacts()),
    ...(secrets === 0
      ? []
      : [
          `${secrets} webhooks had secrets, which stay here: they are disabled until they are ` +
            'given secrets again.',
        ]),
    ...(stages.length === 0
      ? []
      : [
          `Stages that MLflow shows but can't move versions into: ${stages.join(', ')}. Tags and ` +
            'aliases do what they did.',
        ]),
    ...(widened.length === 0
      ? []
      : [
          `Texts were longer than MLflow's columns, which have the type text now: ` +
            `${widened.join(', ')}.`,
        ]),
  ];
}
