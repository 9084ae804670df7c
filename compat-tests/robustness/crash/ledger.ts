import { NoAnswer } from '../support/client.js';

/** A write whose answer never came: it is stored whole or not at all, and nobody knows which. */
export type Fate = 'acknowledged' | 'unknown';

/** What one request put into a run: all of it must be found together. */
export interface RunWrite {
  readonly run: string;
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly tags: readonly string[];
  readonly fate: Fate;
}

/** A thing that one client alone changes: it has the last state that was acknowledged, or the one after. */
export interface Register {
  settled: string;
  attempted: string;
}

/** What clients have asked for and been told, over all lives of the server. */
export class Ledger {
  readonly runs = new Map<string, Fate>();
  readonly writes: RunWrite[] = [];
  readonly models = new Map<string, Fate>();
  /** By model: numbers that were acknowledged, and how many requests never got an answer. */
  readonly versions = new Map<string, { readonly numbers: number[]; unknown: number }>();
  /** By model of one client: which version is in Production, and which bears the alias. */
  readonly production = new Map<string, Register>();
  readonly alias = new Map<string, Register>();

  versionsOf(model: string): { readonly numbers: number[]; unknown: number } {
    let known = this.versions.get(model);
    if (known === undefined) {
      known = { numbers: [], unknown: 0 };
      this.versions.set(model, known);
    }
    return known;
  }

  get size(): number {
    return this.writes.length + this.runs.size + this.models.size;
  }
}

/** @returns the answer, or undefined when the connection broke before it came */
export async function unlessCut<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}

/** Asks for a change of a register, and notes how it went. */
export async function change(
  register: Register,
  state: string,
  ask: () => Promise<unknown>,
): Promise<boolean> {
  register.attempted = state;
  if ((await unlessCut(ask())) === undefined) return false;
  register.settled = state;
  return true;
}
