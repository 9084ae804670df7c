import type { Clock } from '../platform/clock.js';

const MINUTE = 60_000;
/** Of one kind, and of all kinds together: what a server writes down in a minute. */
const EACH = 5;
const ALL = 120;
/** Kinds that are told apart within a minute; what a flood of new ones costs in memory. */
const MAX_KINDS = 10_000;

interface Counted {
  passed: number;
  suppressed: number;
}

/** Lets a few of each kind through in a minute, and says how many it has kept back since. */
export class FloodGate {
  readonly #now: Clock;
  #kinds = new Map<string, Counted>();
  #since = Number.NEGATIVE_INFINITY;
  #passed = 0;

  constructor(now: Clock) {
    this.#now = now;
  }

  /** @returns how many were kept back since the last that passed, or undefined to keep it back */
  enter(kind: string): { readonly suppressed: number } | undefined {
    this.#turn();
    const key = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS ? kind : '';
    const counted = this.#kinds.get(key) ?? { passed: 0, suppressed: 0 };
    this.#kinds.set(key, counted);
    if (counted.passed >= EACH || this.#passed >= ALL) {
      counted.suppressed += 1;
      return undefined;
    }
    const { suppressed } = counted;
    counted.passed += 1;
    counted.suppressed = 0;
    this.#passed += 1;
    return { suppressed };
  }

  /** A new minute begins; what was kept back is still to be told. */
  #turn(): void {
    const now = this.#now();
    if (now - this.#since < MINUTE) return;
    this.#since = now;
    this.#passed = 0;
    const untold = [...this.#kinds].filter(([, { suppressed }]) => suppressed > 0);
    this.#kinds = new Map(
      untold.map(([kind, { suppressed }]) => [kind, { passed: 0, suppressed }]),
    );
  }
}
