import type pg from 'pg';

/** A place in PostgreSQL's write-ahead log, in bytes from its beginning. */
export type Position = bigint;

const ASK = 'select pg_current_wal_insert_lsn()::text as position';

/**
 * Where the primary's log stands. All that was committed before the question, by whichever process,
 * lies before the answer. That also holds for commits which did not wait for the disk.
 */
export class WalPosition {
  readonly #primary: Pick<pg.Pool, 'query'>;
  #underWay: Promise<unknown> = Promise.resolve();
  #next: Promise<Position> | undefined;

  constructor(primary: Pick<pg.Pool, 'query'>) {
    this.#primary = primary;
  }

  /**
   * Callers share a question that has not been sent yet. One that is under way may have been
   * answered before the caller's own write, so they wait for the next.
   */
  now(): Promise<Position> {
    this.#next ??= this.#underWay.then(() => {
      this.#next = undefined;
      const asked = this.#ask();
      this.#underWay = asked.catch(() => undefined);
      return asked;
    });
    return this.#next;
  }

  async #ask(): Promise<Position> {
    const { rows } = await this.#primary.query<{ position: string }>(ASK);
    return parsePosition(rows[0]?.position ?? '');
  }
}

/** Reads PostgreSQL's spelling of a position: the upper and the lower half, as in `16/B374D848`. */
export function parsePosition(text: string): Position {
  const [, high, low] = /^([0-9A-F]+)\/([0-9A-F]+)$/i.exec(text) ?? [];
  if (high === undefined) throw new Error(`'${text}' is no position in a write-ahead log`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
