import { LRUCache } from 'lru-cache';
import type { Reader } from '../../platform/db/database.js';
import type { ResourceKind } from '../../platform/http/operation.js';
import type { ChildKind } from './grants.store.js';
import { type Child, type Holder, type HolderStore, isChild } from './holders.store.js';

/** What decides about a thing: the grants on its holder, and those on children of its kind. */
export interface Target {
  readonly holder: Holder;
  readonly child?: ChildKind;
  /** A second holder whose grants are as good. */
  readonly or?: Holder;
}

/** Runs, traces and the like never change their experiment, so this is remembered. */
const REMEMBERED = 50_000;

/** Holds the place of a thing that has no holder of this name, and so no grants of its own. */
const NOBODY_NAMED = '';

/** Finds out what decides about the things that requests name. */
export class Targets {
  readonly #store: HolderStore;
  readonly #read: Reader;
  readonly #experiments = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(store: HolderStore, read: Reader) {
    this.#store = store;
    this.#read = read;
  }

  /**
   * @returns all that must be allowed for one thing; undefined where there is no such thing and
   *   a caller must not learn that there isn't
   */
  async of(kind: ResourceKind, id: string): Promise<readonly Target[] | undefined> {
    switch (kind) {
      case 'server':
        return [];
      case 'experiment':
        return [{ holder: { kind, id } }];
      case 'experiment_name': {
        const found = await this.#store.experimentNamed(this.#read, id);
        return [{ holder: { kind: 'experiment', id: found ?? NOBODY_NAMED } }];
      }
      case 'run':
      case 'trace':
      case 'logged_model':
        return this.#child(kind, id, kind);
      case 'issue':
      case 'label_schema':
      case 'review_queue':
        return this.#child(kind, id);
      case 'assessment':
        return this.#child('trace', id, 'assessment');
      case 'registered_model':
        return [{ holder: await this.#model(id) }];
      case 'registered_model_id': {
        const name = await this.#store.modelWithKey(this.#read, id);
        return name === undefined ? undefined : [{ holder: await this.#model(name) }];
      }
      case 'model_version': {
        const holder = await this.#model(id);
        const child = holder.kind === 'prompt' ? 'prompt_version' : 'registered_model_version';
        return [{ holder, child }];
      }
      case 'evaluation_dataset': {
        const experiments = await this.#store.experimentsOfDataset(this.#read, id);
        if (experiments.length === 0) return undefined;
        return experiments.map((experiment) => ({
          holder: { kind: 'experiment', id: experiment },
        }));
      }
      case 'scorer': {
        const [experiment = ''] = id.split('/', 1);
        return [{ holder: { kind, id }, or: { kind: 'experiment', id: experiment } }];
      }
    }
  }

  /** Looks the experiments of many things up in one round trip, for {@link of} to find. */
  async prepare(kind: ResourceKind, ids: readonly string[]): Promise<void> {
    const child = kind === 'assessment' ? 'trace' : kind;
    if (!isChild(child)) return;
    const unknown = ids.filter((id) => !this.#experiments.has(`${child} ${id}`));
    if (unknown.length === 0) return;
    const found = await this.#store.experimentsOf(this.#read, child, unknown);
    for (const [id, experiment] of found) this.#experiments.set(`${child} ${id}`, experiment);
  }

  async #child(of: Child, id: string, child?: ChildKind): Promise<readonly Target[] | undefined> {
    const key = `${of} ${id}`;
    if (!this.#experiments.has(key)) await this.prepare(of, [id]);
    const experiment = this.#experiments.get(key);
    return experiment === undefined
      ? undefined
      : [{ holder: { kind: 'experiment', id: experiment }, ...(child && { child }) }];
  }

  async #model(name: string): Promise<Holder> {
    const isPrompt = await this.#store.isPrompt(this.#read, name);
    return { kind: isPrompt ? 'prompt' : 'registered_model', id: name };
  }
}
