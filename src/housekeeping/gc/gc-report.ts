import type { GcListener } from './collector.js';
import type { Size } from './folders.js';

type Told = Parameters<GcListener['gone']>[0];

const TITLES: Readonly<Record<Told, string>> = {
  run: 'Run',
  'logged model': 'Logged model',
  trace: 'Trace',
  experiment: 'Experiment',
};

/** Tells in lines what becomes of garbage: the first words of each are those of `mlflow gc`. */
export class GcReport implements GcListener {
  readonly #print: (line: string) => void;
  readonly #dryRun: boolean;
  readonly #counts = new Map<Told, number>();
  #files = 0;
  #bytes = 0;
  #kept = 0;
  #left = 0;

  constructor(print: (line: string) => void, dryRun: boolean) {
    this.#print = print;
    this.#dryRun = dryRun;
  }

  gone(kind: Told, id: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    // Of traces there may be millions, and their experiment says it all.
    if (kind === 'trace') return;
    const done = this.#dryRun ? 'would be permanently deleted' : 'has been permanently deleted';
    this.#print(`${TITLES[kind]} with ID ${id} ${done}.`);
  }

  kept(kind: Told, id: string, why: string): void {
    this.#kept += 1;
    this.#print(`${TITLES[kind]} with ID ${id} is kept: ${why}.`);
  }

  freed(files: number, bytes: number): void {
    this.#files += files;
    this.#bytes += bytes;
  }

  left(location: string, why: string): void {
    this.#left += 1;
    this.#print(`Artifacts at ${location} are left: ${why}.`);
  }

  orphan(location: string, { files, bytes }: Size): void {
    this.freed(files, bytes);
    const done = this.#dryRun ? 'would be removed' : 'have been removed';
    this.#print(`Orphaned artifacts at ${location} ${done}: ${files} files, ${bytes} bytes.`);
  }

  end(): void {
    const count = (kind: Told) => this.#counts.get(kind) ?? 0;
    this.#print(
      `${this.#dryRun ? 'Dry run, nothing was deleted' : 'Deleted'}: ` +
        `${count('run')} runs, ${count('logged model')} logged models, ` +
        `${count('experiment')} experiments, ${count('trace')} traces, ` +
        `${this.#files} files of ${this.#bytes} bytes; kept: ${this.#kept}` +
        `${this.#left === 0 ? '' : `; artifacts left: ${this.#left}`}.`,
    );
  }
}
