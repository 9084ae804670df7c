import { createModel, createVersion } from '../support/api.js';
import type { Client } from '../support/client.js';
import { change, type Ledger, type Register, unlessCut } from './ledger.js';

/** What the clients of one life of the server share. */
export interface Stage {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly experiment: string;
  /** Models in which all clients make versions. */
  readonly sharedModels: readonly string[];
  readonly round: number;
}

/** Requests on one run before a client makes another. */
const WRITES_PER_RUN = 40;

/** One client: writes of all kinds, one after the other, until the server is gone. */
export async function writeUntilCut(stage: Stage, index: number): Promise<void> {
  const worker = new Worker(stage, index);
  for (let step = 0; step < 100_000; step += 1) {
    if (!(await worker.write(step))) return;
  }
}

class Worker {
  readonly #stage: Stage;
  readonly #id: string;
  readonly #sharedModel: string;
  #run = '';
  #writes = 0;
  #own: { name: string; versions: number; production: Register; alias: Register } | undefined;

  constructor(stage: Stage, index: number) {
    this.#stage = stage;
    this.#id = `${stage.round}-${index}`;
    this.#sharedModel = stage.sharedModels[index % stage.sharedModels.length] ?? '';
  }

  /** @returns false when the server did not answer */
  write(step: number): Promise<boolean> {
    const name = `${this.#id}-${step}`;
    if (this.#run === '' || this.#writes >= WRITES_PER_RUN) return this.#createRun(name);
    this.#writes += 1;
    switch (step % 12) {
      case 3:
        return this.#createModel(`model-${name}`);
      case 5:
        return this.#createVersion();
      case 7:
        return this.#promote(step);
      case 9:
        return this.#setAlias(step);
      case 1:
      case 6:
        return this.#put({ metrics: [`m-${name}`] }, 'runs/log-metric', {
          ...metric(`m-${name}`),
        });
      case 2:
      case 10:
        return this.#put({ tags: [`t-${name}`] }, 'runs/set-tag', pair(`t-${name}`));
      default:
        return this.#logBatch(name);
    }
  }

  async #createRun(name: string): Promise<boolean> {
    const { client, ledger, experiment } = this.#stage;
    const answer = await unlessCut(
      client.ok<{ run: { info: { run_id: string } } }>('POST', 'runs/create', {
        experiment_id: experiment,
        start_time: 1,
        tags: ['made', 'first', 'second'].map((key) => ({ key, value: name })),
      }),
    );
    if (answer === undefined) return false;
    this.#run = answer.run.info.run_id;
    this.#writes = 0;
    ledger.runs.set(this.#run, 'acknowledged');
    return true;
  }

  #logBatch(name: string): Promise<boolean> {
    const keys = ['a', 'b', 'c'].map((part) => `${name}-${part}`);
    return this.#put({ metrics: keys, params: keys, tags: keys }, 'runs/log-batch', {
      metrics: keys.map(metric),
      params: keys.map(pair),
      tags: keys.map(pair),
    });
  }

  async #put(
    parts: { metrics?: string[]; params?: string[]; tags?: string[] },
    route: string,
    message: object,
  ): Promise<boolean> {
    const { client, ledger } = this.#stage;
    const run = this.#run;
    const answer = await unlessCut(client.ok('POST', route, { run_id: run, ...message }));
    const fate = answer === undefined ? 'unknown' : 'acknowledged';
    ledger.writes.push({ run, metrics: [], params: [], tags: [], ...parts, fate });
    return answer !== undefined;
  }

  async #createModel(name: string): Promise<boolean> {
    const { client, ledger } = this.#stage;
    const tags = [pair('first'), pair('second')];
    const answer = await unlessCut(client.ok('POST', 'registered-models/create', { name, tags }));
    ledger.models.set(name, answer === undefined ? 'unknown' : 'acknowledged');
    return answer !== undefined;
  }

  async #createVersion(): Promise<boolean> {
    const { client, ledger } = this.#stage;
    const known = ledger.versionsOf(this.#sharedModel);
    const number = await unlessCut(createVersion(client, this.#sharedModel));
    if (number === undefined) known.unknown += 1;
    else known.numbers.push(number);
    return number !== undefined;
  }

  async #promote(step: number): Promise<boolean> {
    const own = await this.#ownModel();
    if (own === undefined) return false;
    const version = String((step % own.versions) + 1);
    return change(own.production, version, () =>
      this.#stage.client.ok('POST', 'model-versions/transition-stage', {
        name: own.name,
        version,
        stage: 'Production',
        archive_existing_versions: true,
      }),
    );
  }

  async #setAlias(step: number): Promise<boolean> {
    const own = await this.#ownModel();
    if (own === undefined) return false;
    const version = String((step % own.versions) + 1);
    return change(own.alias, version, () =>
      this.#stage.client.ok('POST', 'registered-models/alias', {
        name: own.name,
        alias: 'champion',
        version,
      }),
    );
  }

  async #ownModel() {
    if (this.#own !== undefined) return this.#own;
    const { client, ledger } = this.#stage;
    const name = `own-${this.#id}`;
    const made = await unlessCut(
      (async () => {
        await createModel(client, name);
        for (let count = 0; count < 5; count += 1) await createVersion(client, name);
        return true;
      })(),
    );
    if (made === undefined) return undefined;
    const production = { settled: '', attempted: '' };
    const alias = { settled: '', attempted: '' };
    ledger.production.set(name, production);
    ledger.alias.set(name, alias);
    this.#own = { name, versions: 5, production, alias };
    return this.#own;
  }
}

const metric = (key: string) => ({ key, value: 0.5, timestamp: 1, step: 0 });
const pair = (key: string) => ({ key, value: key });
