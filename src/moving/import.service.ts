import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { Trail } from '../platform/trail.js';
import { Checksum } from './checksum.js';
import { families } from './families.js';
import type { Family, Source } from './family.js';
import type { Import, ImportStore, Progress } from './imports.store.js';
import { type Compared, isSame, type Report } from './report.js';
import type { SourceStore } from './source.store.js';
import type { TargetStore } from './target.store.js';

const BATCH = 10_000;
const METRICS = 'metric points';

export interface ImportParts {
  readonly database: Database;
  readonly source: SourceStore;
  readonly target: TargetStore;
  readonly imports: ImportStore;
  readonly trail: Trail;
  readonly now: Clock;
  /** When the source was first read, if that was before. */
  readonly began?: number | undefined;
  /** Told what has been done of the kind that is being copied or compared, of about how many. */
  readonly told: (what: string, rows: number, total?: number) => void;
}

/** Moves a database of MLflow's in, from where an earlier run has stopped. */
export class Importer {
  readonly #parts: ImportParts;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /**
   * @param name of the source, without passwords
   * @throws Error with one sentence, before anything is written, when the source is not known or
   *   the target holds something else
   */
  async run(name: string, by: By): Promise<Report> {
    const { database, source, now } = this.#parts;
    const start = now();
    const revision = await source.revision();
    const all = families((await source.columns('trace_info')).includes('trace_name'));
    const { begun, goesOn } = await this.#begin(name, revision, all);
    const isThrough = begun.finished_time !== null;
    let hasChanged = false;
    let speed: number | undefined;
    try {
      if (!isThrough) speed = await this.#copyAll(begun, all);
    } catch (error) {
      // Such as a run of an experiment that was not there when experiments were copied.
      hasChanged = goesOn && database.dialect.isConstraintViolation(error);
      if (!hasChanged) throw error;
    }
    let compared = hasChanged ? [] : await this.#compareAll(all);
    if (!isThrough && goesOn && (hasChanged || !compared.every(isSame))) {
      // What was copied before and what was copied now are no one state of the source.
      hasChanged = true;
      await this.#startAnew(begun, all);
      speed = await this.#copyAll(begun, all);
      compared = await this.#compareAll(all);
    }
    if (!isThrough) await this.#finish(begun, compared, by);
    const notes = [...(await this.#notes()), ...this.#again(begun, compared, hasChanged)];
    return { families: compared, notes, seconds: (now() - start) / 1000, pointsPerMinute: speed };
  }

  /** @returns metric points a minute, where there were many */
  async #copyAll(begun: Import, all: readonly Family[]): Promise<number | undefined> {
    const { now } = this.#parts;
    let speed: number | undefined;
    for (const family of all) {
      const from = now();
      const copied = await this.#copy(begun, family);
      if (family.title === METRICS && copied >= BATCH) {
        speed = (copied * 60_000) / Math.max(1, now() - from);
      }
    }
    return speed;
  }

  async #compareAll(all: readonly Family[]): Promise<Compared[]> {
    const compared: Compared[] = [];
    for (const family of all) compared.push(await this.#compare(family));
    return compared;
  }

  async #startAnew(begun: Import, all: readonly Family[]): Promise<void> {
    const { database, target, imports } = this.#parts;
    await database.write(async (tx) => {
      await target.empty(tx, all);
      await imports.restart(tx, begun.id);
    });
  }

  /** @returns the import, and whether an earlier run has begun it */
  async #begin(
    name: string,
    revision: string,
    all: readonly Family[],
  ): Promise<{ readonly begun: Import; readonly goesOn: boolean }> {
    const { imports, target, now, began } = this.#parts;
    const before = await imports.all();
    const other = before.find(({ source }) => source !== name);
    if (other !== undefined) {
      throw new Error(
        `The target holds what came from ${other.source}; another source needs a target of its own`,
      );
    }
    const [known] = before;
    if (known !== undefined) {
      if (known.revision === revision) return { begun: known, goesOn: true };
      throw new Error(
        `The schema of the source was at '${known.revision}' when its import began and is at ` +
          `'${revision}' now; begin again with an empty target`,
      );
    }
    const occupied = await target.occupied(all);
    if (occupied !== undefined) {
      throw new Error(
        `The target is not empty: its table ${occupied} has rows that no import has put there. ` +
          'Use a new database, or an earlier import of the same source',
      );
    }
    await imports.begin(name, revision, began ?? now());
    const [begun] = await imports.all();
    if (begun === undefined) throw new Error('An import that was begun has no row');
    return { begun, goesOn: false };
  }

  /** @returns how many rows this run has copied */
  async #copy(begun: Import, family: Family): Promise<number> {
    let copied = 0;
    for (const [at, source] of sourcesOf(family).entries()) {
      const name = at === 0 ? family.title : `${family.title} ${at + 1}`;
      let progress = await this.#parts.imports.progress(begun.id, name);
      const before = progress.copied;
      const total = progress.isDone ? 0 : await this.#parts.source.count(source.table);
      while (!progress.isDone) {
        progress = await this.#batch(begun, family, source, name, progress);
        this.#parts.told(`copying ${family.title}`, progress.copied, total);
      }
      copied += progress.copied - before;
    }
    return copied;
  }

  async #batch(
    begun: Import,
    family: Family,
    from: Source,
    name: string,
    progress: Progress,
  ): Promise<Progress> {
    const { database, source, target, imports } = this.#parts;
    const { rows, last } = await source.page(family, from, BATCH, progress.after);
    const resolved = await target.resolve(family, rows);
    const next = {
      after: last,
      copied: progress.copied + resolved.length,
      isDone: last === undefined,
    };
    await database.write(async (tx) => {
      await target.insert(
        tx,
        family,
        resolved.map(([, values]) => values),
      );
      if (next.isDone) await target.number(tx, family);
      await imports.advance(tx, begun.id, name, progress, next);
    });
    return next;
  }

  async #compare(family: Family): Promise<Compared> {
    const { source, target, told } = this.#parts;
    const here = new Checksum();
    const there = new Checksum();
    let count = 0;
    for (const from of sourcesOf(family)) {
      let after: Progress['after'];
      do {
        const { rows, last } = await source.page(family, from, BATCH, after);
        for (const [row] of await target.resolve(family, rows)) there.add(row);
        count += rows.length;
        after = last;
        told(`comparing ${family.title}`, count);
      } while (after !== undefined);
    }
    let after: Progress['after'];
    do {
      const { rows, last } = await target.page(family, BATCH, after);
      for (const row of rows) here.add(row);
      after = last;
    } while (after !== undefined);
    return {
      title: family.title,
      source: count,
      orphans: count - there.rows,
      target: here.rows,
      sourceDigest: there.digest,
      targetDigest: here.digest,
    };
  }

  async #finish(begun: Import, compared: readonly Compared[], by: By): Promise<void> {
    const { database, imports, trail, now } = this.#parts;
    const counts = compared.map(({ title, target }) => [title, target] as const);
    await database.write(async (tx) => {
      await imports.finish(tx, begun.id, now());
      await trail.record(tx, by, {
        action: 'server.import',
        object: { kind: 'server', id: 'import' },
        after: { source: begun.source, revision: begun.revision, ...Object.fromEntries(counts) },
      });
    });
  }

  async #notes(): Promise<string[]> {
    const { source } = this.#parts;
    const secrets = await source.secretWebhooks();
    const elsewhere = await source.otherWorkspaces();
    return [
      ...(elsewhere.length === 0
        ? []
        : [
            `There are things in the workspaces ${elsewhere.join(', ')}: a server shows them when it ` +
              'is started with --enable-workspaces',
          ]),
      ...(await source.withoutPlace()),
      ...(await source.outsideArtifacts()),
      ...(secrets === 0
        ? []
        : [
            `${secrets} webhooks had secrets, which nobody but the old server can read: they are ` +
              'disabled until they are given secrets again',
          ]),
    ];
  }

  #again(begun: Import, compared: readonly Compared[], hasChanged: boolean): string[] {
    if (hasChanged) {
      return ['The source has changed since the import began: all of it was copied anew.'];
    }
    if (begun.finished_time === null) return [];
    return [
      'It had all been moved in before; nothing was written, and both sides compared.',
      ...(compared.every(isSame)
        ? []
        : [
            'One side has changed since. To move in what the source has by now, begin again with ' +
              'an empty target.',
          ]),
    ];
  }
}

const sourcesOf = (family: Family): readonly Source[] => [family.source, ...(family.more ?? [])];
