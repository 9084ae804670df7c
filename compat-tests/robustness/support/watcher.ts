import { Agent, get } from 'node:http';

export interface WatchedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** When it was read, in milliseconds since the epoch. */
  readonly at: number;
}

/** Milliseconds before a stream that broke is opened anew. */
const RETRY = 100;

/** A client of server-sent events as browsers have one: it comes back to where it was. */
export class Watcher {
  readonly events: WatchedEvent[] = [];
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: false });
  #last: string | undefined;
  #isClosed = false;
  #abort: () => void = () => undefined;

  constructor(url: string, models: readonly string[]) {
    this.#url = `${url}/api/governance/v1/watch?models=${models.join(',')}`;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#abort();
  }

  /** Waits until an event has come that fits. */
  async until(fits: (event: WatchedEvent) => boolean): Promise<WatchedEvent> {
    const deadline = Date.now() + 40_000;
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`Only ${JSON.stringify(this.events)} came`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #connect(): void {
    if (this.#isClosed) return;
    const headers = this.#last === undefined ? {} : { 'Last-Event-ID': this.#last };
    let isOver = false;
    const again = () => {
      if (isOver) return;
      isOver = true;
      setTimeout(() => this.#connect(), RETRY);
    };
    const request = get(this.#url, { headers, agent: this.#agent }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) this.#read(part);
      });
      response.on('close', again);
      response.on('error', again);
    });
    request.on('error', again);
    this.#abort = () => request.destroy();
  }

  #read(text: string): void {
    const fields = new Map(
      text.split('\n').map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
      }),
    );
    const data = fields.get('data');
    if (data === undefined) return;
    const id = fields.get('id') ?? '';
    if (id !== '') this.#last = id;
    const event = fields.get('event') ?? '';
    this.events.push({ id, event, data: JSON.parse(data), at: Date.now() });
  }
}
