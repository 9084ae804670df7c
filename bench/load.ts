import { Connection } from './connection.js';

/** A request ready to be sent, and the number by which its workload recognises it later. */
export interface Prepared {
  readonly id: number;
  readonly bytes: Buffer;
}

export interface RequestSource {
  /** Nothing once the prepared requests are used up: the trial then ends early. */
  next(): Prepared | undefined;
}

export interface Acknowledged {
  readonly id: number;
  readonly body: string;
}

export interface TrialOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** How long answers still under way may take after the last request was sent. */
  readonly graceSeconds: number;
  /** The trial lasts longer than `seconds`, up to this, until every connection had an answer. */
  readonly hardSeconds: number;
  readonly source: RequestSource;
  /** How many answers are kept. */
  readonly samples?: number | undefined;
}

export interface Trial {
  readonly answered: number;
  readonly elapsedMs: number;
  /** Milliseconds, ascending; an unanswered request counts with the time it had waited. */
  readonly latencies: Float64Array;
  /** How many answers had which status outside 2xx, or which socket error. */
  readonly failures: Readonly<Record<string, number>>;
  readonly unanswered: number;
  /** The requests answered with 2xx. */
  readonly acknowledged: readonly number[];
  /** Some of them, chosen at random, with their answers. */
  readonly sample: readonly Acknowledged[];
  readonly loadCpuMs: number;
}

interface Slot {
  readonly connection: Connection;
  /** When the request under way was sent. */
  sentAt: number | undefined;
}

const SAMPLE_SIZE = 32;
const PAUSE_AFTER_ERROR_MS = 20;

/** Keeps every connection busy with one request after another for a bounded time. */
export async function runTrial(options: TrialOptions): Promise<Trial> {
  const slots: Slot[] = Array.from({ length: options.connections }, () => ({
    connection: new Connection(options.port),
    sentAt: undefined,
  }));
  await Promise.all(slots.map((slot) => slot.connection.connect()));
  return new Promise((resolve) => new TrialRun(options, slots, resolve).start());
}

class TrialRun {
  private readonly latencies: number[] = [];
  private readonly failures: Record<string, number> = {};
  private readonly acknowledged: number[] = [];
  private readonly sample: Acknowledged[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly cpuBefore = process.cpuUsage();
  private startedAt = 0;
  private lastAnswerAt = 0;
  private answers = 0;
  private active = 0;
  private due = false;
  private stopping = false;
  private finished = false;
  private readonly sampleSize: number;

  constructor(
    private readonly options: TrialOptions,
    private readonly slots: readonly Slot[],
    private readonly resolve: (trial: Trial) => void,
  ) {
    this.sampleSize = options.samples ?? SAMPLE_SIZE;
  }

  start(): void {
    const { seconds, hardSeconds } = this.options;
    this.after(seconds, () => {
      this.due = true;
      this.stopWhenServed();
    });
    this.after(hardSeconds, () => this.finish());
    this.startedAt = performance.now();
    this.lastAnswerAt = this.startedAt;
    this.active = this.slots.length;
    for (const slot of this.slots) this.issue(slot);
  }

  private issue(slot: Slot): void {
    const request = this.stopping ? undefined : this.options.source.next();
    if (request === undefined) {
      this.active--;
      if (this.active === 0) this.finish();
      return;
    }
    const keep = this.chooses();
    const sentAt = performance.now();
    slot.sentAt = sentAt;
    slot.connection.send(request.bytes, keep, (answer) => {
      if (this.finished) return;
      const now = performance.now();
      slot.sentAt = undefined;
      this.lastAnswerAt = now;
      this.answers++;
      const failed = answer instanceof Error;
      if (!failed && answer.status >= 200 && answer.status < 300) {
        this.latencies.push(now - sentAt);
        this.acknowledged.push(request.id);
        if (keep) this.remember({ id: request.id, body: answer.body });
      } else {
        const kind = failed ? describe(answer) : String(answer.status);
        this.failures[kind] = (this.failures[kind] ?? 0) + 1;
      }
      if (this.due) this.stopWhenServed();
      if (failed) setTimeout(() => this.issue(slot), PAUSE_AFTER_ERROR_MS);
      else this.issue(slot);
    });
  }

  /** Reservoir sampling, decided before the answer comes: bodies of the others are never kept. */
  private chooses(): boolean {
    const seen = this.latencies.length;
    return seen < this.sampleSize || Math.random() * seen < this.sampleSize;
  }

  private remember(acknowledged: Acknowledged): void {
    if (this.sample.length < this.sampleSize) this.sample.push(acknowledged);
    else this.sample[Math.floor(Math.random() * this.sampleSize)] = acknowledged;
  }

  private stopWhenServed(): void {
    if (this.stopping || this.answers < this.slots.length) return;
    this.stopping = true;
    this.after(this.options.graceSeconds, () => this.finish());
  }

  private after(seconds: number, work: () => void): void {
    this.timers.push(setTimeout(work, seconds * 1000));
  }

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    for (const timer of this.timers) clearTimeout(timer);
    const now = performance.now();
    const ages = this.slots.flatMap(({ sentAt }) => (sentAt === undefined ? [] : [now - sentAt]));
    for (const slot of this.slots) slot.connection.destroy();
    const cpu = process.cpuUsage(this.cpuBefore);
    this.resolve({
      answered: this.latencies.length,
      elapsedMs: (ages.length > 0 ? now : this.lastAnswerAt) - this.startedAt,
      latencies: Float64Array.from([...this.latencies, ...ages]).sort(),
      failures: this.failures,
      unanswered: ages.length,
      acknowledged: this.acknowledged,
      sample: this.sample,
      loadCpuMs: (cpu.user + cpu.system) / 1000,
    });
  }
}

function describe(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
