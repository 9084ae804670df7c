const LINE_MS = 200;
const PLAIN_MS = 5_000;

/** Shows how far something has come: one line that changes on a terminal, lines elsewhere. */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  #last = 0;
  #what = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** @param total how many there are about, where that is known: a bar then shows the part */
  show(what: string, rows: number, total = 0): void {
    const now = Date.now();
    const isNew = what !== this.#what;
    if (!isNew && now - this.#last < (this.#out.isTTY ? LINE_MS : PLAIN_MS)) return;
    if (isNew && rows === 0) return;
    this.#last = now;
    this.#what = what;
    const line = `${what}: ${barOf(rows, total)}${rows}`;
    this.#out.write(this.#out.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }

  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[K');
  }
}

const BAR = 20;

/** @returns nothing where no part is known */
export function barOf(rows: number, total: number): string {
  if (total <= 0) return '';
  const part = Math.min(1, rows / total);
  const full = Math.floor(part * BAR);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.floor(part * 100)} % `;
}
