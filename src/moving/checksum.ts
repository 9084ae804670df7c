import { createHash } from 'node:crypto';
import type { Row } from './family.js';

/** Counts rows and sums up hashes of them, so that their order doesn't matter. */
export class Checksum {
  #rows = 0;
  #sum = 0n;

  /** Values count as the texts that show them, so that 1 and 1.0 are the same. */
  add(row: Row): void {
    const text = Object.keys(row)
      .sort()
      .map((name) => {
        const value = row[name] ?? null;
        return value === null ? `${name}-` : `${name}=${String(value).length}:${value}`;
      })
      .join('|');
    const digest = createHash('sha256').update(text).digest();
    this.#sum = BigInt.asUintN(64, this.#sum + digest.readBigUInt64LE(0));
    this.#rows += 1;
  }

  get rows(): number {
    return this.#rows;
  }

  get digest(): string {
    return this.#sum.toString(16).padStart(16, '0');
  }
}
