import type { KeyObject } from 'node:crypto';
import { canonicalJson } from '../platform/canonical-json.js';
import { append, type Hash, leafHash, rootOf } from './merkle.js';
import { type Checkpoint, openCheckpoint, parseKey } from './signed-note.js';

/** What is wrong, and from which entry on. */
export interface Problem {
  readonly seq: number;
  readonly problem: string;
}

export interface Report {
  readonly ok: boolean;
  readonly entries: number;
  /** Of the tree, in base64. */
  readonly root: string;
  /** Checkpoints that were compared. */
  readonly checkpoints: number;
  /** The key that they were signed with is one that the reader has brought along. */
  readonly trustedKey: boolean;
  readonly problems: readonly Problem[];
}

/** Problems that are told one by one. */
const MAX_PROBLEMS = 100;

export interface VerifierSettings {
  /** Undefined to take the one that comes with the log, which proves less. */
  readonly key?: KeyObject | undefined;
  /** Checkpoints that have been kept elsewhere. */
  readonly notes?: readonly string[];
}

/**
 * Reads a log line by line and finds what somebody has changed in it: entries by the hash that the
 * next one has of them, the log as a whole by the root in checkpoints.
 */
export class LogVerifier {
  readonly #problems: Problem[] = [];
  readonly #kept: Map<number, Checkpoint[]> = new Map();
  readonly #trusted: boolean;
  #key: KeyObject | undefined;
  #notesToRead: readonly string[];
  #frontier: readonly Hash[] = [];
  #count = 0;
  #expected = 1;
  #last = '';
  #checkpoints = 0;
  /** Up to here the log is as signed. */
  #good = 0;

  constructor({ key, notes = [] }: VerifierSettings = {}) {
    this.#key = key;
    this.#trusted = key !== undefined;
    this.#notesToRead = notes;
  }

  /** Takes the next line of an export: a key, an entry or a checkpoint. */
  line(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#entry(text, undefined);
      return;
    }
    const { key, checkpoint } = (value ?? {}) as { key?: unknown; checkpoint?: unknown };
    if (typeof key === 'string') this.#givenKey(key);
    else if (typeof checkpoint === 'string') this.note(checkpoint);
    else this.#entry(text, value);
  }

  /** Takes a checkpoint that stands after as many entries as it has. */
  note(note: string): void {
    const checkpoint = this.#open(note);
    if (checkpoint === undefined) return;
    if (checkpoint.size === this.#count) this.#compare(checkpoint);
    else this.#keep(checkpoint);
  }

  /** Says that an entry is not what it was, for whoever knows more than the lines say. */
  report(seq: number, problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ seq, problem });
  }

  finish(): Report {
    this.#openKept();
    for (const [size] of [...this.#kept].sort(([one], [other]) => one - other)) {
      this.report(
        Math.min(this.#count, size) + 1,
        size > this.#count
          ? `entries ${this.#count + 1} to ${size} are missing: a checkpoint of ${size} entries was signed`
          : `a checkpoint of ${size} entries does not stand after entry ${size}`,
      );
    }
    return {
      ok: this.#problems.length === 0,
      entries: this.#count,
      root: rootOf(this.#frontier).toString('base64'),
      checkpoints: this.#checkpoints,
      trustedKey: this.#trusted,
      problems: this.#problems,
    };
  }

  #entry(text: string, value: unknown): void {
    this.#openKept();
    const { seq, prev } = (value ?? {}) as { seq?: unknown; prev?: unknown };
    const at = this.#expected;
    if (typeof seq !== 'number' || canonicalJson(value) !== text) {
      this.report(at, `entry ${at} was edited: it is not in canonical form`);
    } else if (seq > at) {
      this.report(
        at,
        at + 1 === seq ? `entry ${at} is missing` : `entries ${at} to ${seq - 1} are missing`,
      );
    } else if (seq < at) {
      this.report(at, `entry ${seq} stands where entry ${at} should`);
    } else if (prev !== this.#last) {
      const edited =
        at > 1
          ? `entry ${at - 1} was edited, or entry ${at} written anew`
          : 'entry 1 is not the first';
      this.report(
        Math.max(1, at - 1),
        `${edited}: entry ${at} has another hash of what is before it`,
      );
    }
    const leaf = leafHash(Buffer.from(text));
    this.#frontier = append(this.#frontier, this.#count, leaf).frontier;
    this.#count += 1;
    this.#expected = typeof seq === 'number' && seq > at ? seq + 1 : at + 1;
    this.#last = leaf.toString('hex');
    const kept = this.#kept.get(this.#count);
    this.#kept.delete(this.#count);
    kept?.forEach((checkpoint) => {
      this.#compare(checkpoint);
    });
  }

  #compare({ size, root }: Checkpoint): void {
    this.#checkpoints += 1;
    if (root.equals(rootOf(this.#frontier))) {
      this.#good = size;
      return;
    }
    this.report(
      this.#good + 1,
      `entries ${this.#good + 1} to ${size} are not those that were signed: ` +
        `the checkpoint of ${size} entries has another root`,
    );
  }

  #givenKey(text: string): void {
    try {
      const key = parseKey(text);
      this.#key ??= key;
    } catch (error) {
      this.report(this.#expected, `the key of the log: ${(error as Error).message}`);
    }
  }

  /** Notes from elsewhere wait until there is a key, which may stand in the log's first line. */
  #openKept(): void {
    const notes = this.#notesToRead;
    this.#notesToRead = [];
    for (const note of notes) {
      const checkpoint = this.#open(note);
      if (checkpoint !== undefined) this.#keep(checkpoint);
    }
  }

  #keep(checkpoint: Checkpoint): void {
    const others = this.#kept.get(checkpoint.size) ?? [];
    this.#kept.set(checkpoint.size, [...others, checkpoint]);
  }

  #open(note: string): Checkpoint | undefined {
    try {
      if (this.#key === undefined) throw new Error('there is no key to check a checkpoint with');
      return openCheckpoint(note, this.#key);
    } catch (error) {
      this.report(this.#expected, (error as Error).message);
      return undefined;
    }
  }
}
