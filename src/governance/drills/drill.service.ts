import { invalidParameter, MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { JobStore } from '../../platform/jobs/jobs.store.js';
import type { OwnReceivers } from '../../platform/outgoing/own-receivers.js';
import type { Trail } from '../../platform/trail.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import type { Alert, Alerts } from '../alerts/alerts.js';
import type { RollbackService } from '../rollback/rollback.service.js';
import type { ChangeFeed } from '../serving/change-feed.js';
import type { StoredChange } from '../serving/changes.store.js';
import type { Seats } from '../serving/seats.js';
import type { BrokenDrills } from './broken-drills.js';
import { DRILL_JOB, type Drill, type DrillStore, type Measurement } from './drills.store.js';
import { openReceiver } from './receiver.js';

/** A registry that keeps history and denies nothing, for the model of the drill alone. */
export interface DrillRegistry {
  createModel(name: string, by: By): Promise<unknown>;
  createVersion(name: string, by: By): Promise<unknown>;
  promote(name: string, version: string, by: By): Promise<unknown>;
  setAlias(name: string, alias: string, version: string, by: By): Promise<unknown>;
  deleteModel(name: string, by: By): Promise<unknown>;
  readonly rollbacks: Pick<RollbackService, 'rollback'>;
}

/** Webhooks of MLflow's events. */
export interface DrillWebhooks {
  /** @throws MlflowError 400 where this server delivers to no address of this machine */
  create(name: string, url: string, by: By): Promise<{ readonly webhook_id: string }>;
  delete(id: string, by: By): Promise<void>;
  /** Deletes all of a name; there may be none. */
  deleteNamed(name: string, by: By): Promise<void>;
}

export interface DrillParts {
  readonly database: Database;
  readonly store: DrillStore;
  readonly jobs: Pick<JobStore, 'add' | 'putOff' | 'dropLane'>;
  /** Those whose server has died. */
  readonly broken: Pick<BrokenDrills, 'clean'>;
  readonly registry: DrillRegistry;
  readonly versions: Pick<VersionStore, 'latest' | 'findByAlias'>;
  readonly webhooks: DrillWebhooks;
  readonly feed: ChangeFeed;
  /** Lets this process deliver to the receiver of a drill, and no other one try. */
  readonly receivers?: Pick<OwnReceivers, 'add' | 'delete'> | undefined;
  readonly running: Seats;
  readonly alerts: Alerts;
  readonly trail: Trail;
  readonly now: Clock;
}

const BUDGET = { watcher: 1_000, webhook: 2_000, poller: 30_000 } as const;
const MAX_POLL = 30;
const DEFAULT_POLL = 5;
/** Milliseconds after which what has not heard yet counts as not reached. */
const PATIENCE = 35_000;
const ALIAS = 'champion';
/** Milliseconds without a sign after which a drill's server counts as dead, and between two signs. */
const SILENCE = 15_000;
const SIGN = 4_000;

/** A moment, once it has come. */
interface Moment {
  readonly at: Promise<number | undefined>;
  readonly stop: () => void | Promise<void>;
}

/** The zombie drill: a bad version serves, is rolled back, and the time is taken until all know. */
export class DrillService {
  readonly #parts: DrillParts;

  constructor(parts: DrillParts) {
    this.#parts = parts;
  }

  /** @param pollSeconds between two looks of a server that polls, as stock MLflow clients do */
  async start(pollSeconds: number | undefined, by: By): Promise<Drill> {
    const poll = pollSeconds ?? DEFAULT_POLL;
    if (!(poll >= 0.1 && poll <= MAX_POLL)) {
      throw invalidParameter(`'poll_seconds' is a number from 0.1 to ${MAX_POLL}.`);
    }
    const leave = this.#parts.running.take();
    try {
      await this.#parts.broken.clean();
      return await this.#run(poll * 1_000, by);
    } finally {
      leave();
    }
  }

  async #run(poll: number, by: By): Promise<Drill> {
    const { database, store, jobs, alerts, trail, now } = this.#parts;
    const model = `runledger-drill-${newHexId().slice(0, 12)}`;
    const begun = { id: newHexId(), model, startedBy: by.caller.name, startedTime: now() };
    // What is to be cleared away if this server dies is stored before there is anything.
    const key = await database.write(async (tx) => {
      const reference = await store.begin(tx, begun);
      await jobs.add(tx, DRILL_JOB, [{ reference, lane: reference, due: now() + SILENCE }]);
      return reference;
    });
    const stillHere = (due = now() + SILENCE) =>
      database.write((tx) => jobs.putOff(tx, DRILL_JOB, key, due));
    const signs = setInterval(() => void stillHere().catch(() => false), SIGN);
    try {
      const measured = await this.#inSandbox(model, poll, by);
      const isWithinBudget = measured.every(({ within_budget }) => within_budget);
      const drill: Drill = { ...begun, measured, isWithinBudget };
      await database.write(async (tx) => {
        if (!(await jobs.putOff(tx, DRILL_JOB, key, now()))) throw givenUp();
        await jobs.dropLane(tx, DRILL_JOB, key);
        await store.end(tx, key, drill);
        if (!isWithinBudget) await alerts.raise(tx, tooSlow(drill));
        await trail.record(tx, by, {
          action: 'drill.run',
          object: { kind: 'drill', id: drill.id },
          after: { model, within_budget: isWithinBudget, measured },
        });
      });
      return drill;
    } catch (error) {
      // It has failed, and what it has left is cleared away as if the server had died.
      await stillHere(0)
        .then(() => this.#parts.broken.clean())
        .catch(() => 0);
      throw error;
    } finally {
      clearInterval(signs);
    }
  }

  async #inSandbox(model: string, poll: number, by: By): Promise<Measurement[]> {
    const { registry } = this.#parts;
    await registry.createModel(model, by);
    try {
      for (const version of ['1', '2']) {
        await registry.createVersion(model, by);
        await registry.promote(model, version, by);
        await registry.setAlias(model, ALIAS, version, by);
      }
      return await this.#measure(model, poll, by);
    } finally {
      await registry.deleteModel(model, by);
    }
  }

  async #measure(model: string, poll: number, by: By): Promise<Measurement[]> {
    const watcher = await this.#watch(model);
    const poller = this.#poll(model, poll);
    const hook = await this.#listenToWebhook(model, by);
    try {
      const wish = { name: model, stage: 'Production', alias: undefined, to: undefined };
      await this.#parts.registry.rollbacks.rollback({ ...wish, reason: 'A drill.' }, by);
      const committed = performance.now();
      const timer = setTimeout(() => {
        for (const one of [watcher, poller, hook]) void one.stop();
      }, PATIENCE);
      const took = async (moment: Moment | undefined) => {
        const at = await moment?.at;
        return at === undefined ? undefined : Math.max(0, Math.round(at - committed));
      };
      const [seen, resolved, received] = await Promise.all([
        took(watcher),
        took(poller),
        'at' in hook ? took(hook) : undefined,
      ]);
      clearTimeout(timer);
      return [
        measurement('commit to watcher (server-sent events)', seen, BUDGET.watcher),
        measurement(
          `commit to poller (every ${poll / 1_000} s, by stage and alias)`,
          resolved,
          BUDGET.poller,
        ),
        'at' in hook
          ? measurement('commit to webhook', received, BUDGET.webhook)
          : {
              ...{ what: 'commit to webhook', budget: BUDGET.webhook, within_budget: true },
              note: `Not measured: ${hook.note}`,
            },
      ];
    } finally {
      await Promise.all([watcher, poller, hook].map((one) => one.stop()));
    }
  }

  async #watch(model: string): Promise<Moment> {
    const { feed } = this.#parts;
    let tell: (at: number | undefined) => void = () => undefined;
    const at = new Promise<number | undefined>((resolve) => {
      tell = resolve;
    });
    const listener = {
      changed: (changes: readonly StoredChange[]) => {
        const isBack = changes.some(
          (change) => change.model === model && change.kind === 'stage' && change.version === 1,
        );
        if (isBack) tell(performance.now());
      },
      ended: () => tell(undefined),
    };
    await feed.listen(listener);
    return {
      at,
      stop: () => {
        feed.leave(listener);
        tell(undefined);
      },
    };
  }

  /** Looks as stock clients do: which version is in Production, and which the alias names. */
  #poll(model: string, interval: number): Moment {
    const { database, versions } = this.#parts;
    let stopped = false;
    let timer: NodeJS.Timeout | undefined;
    const at = new Promise<number | undefined>((resolve) => {
      const look = async (): Promise<void> => {
        if (stopped) return resolve(undefined);
        const latest = await versions.latest(database.read, model);
        const live = latest.find(({ current_stage }) => current_stage === 'Production');
        const named = await versions.findByAlias(database.read, model, ALIAS);
        if (live?.version === 1 && named?.version === 1) return resolve(performance.now());
        timer = setTimeout(() => void look().catch(() => resolve(undefined)), interval);
        return undefined;
      };
      void look().catch(() => resolve(undefined));
    });
    return {
      at,
      stop: () => {
        stopped = true;
        clearTimeout(timer);
      },
    };
  }

  async #listenToWebhook(
    model: string,
    by: By,
  ): Promise<Moment | { readonly note: string; readonly stop: () => void }> {
    const { webhooks, receivers } = this.#parts;
    const receiver = await openReceiver();
    receivers?.add(receiver.url);
    const close = () => {
      receivers?.delete(receiver.url);
      receiver.close();
    };
    try {
      const { webhook_id: id } = await webhooks.create(model, receiver.url, by);
      let giveUp: () => void = () => undefined;
      const late = new Promise<undefined>((resolve) => {
        giveUp = () => resolve(undefined);
      });
      const came = receiver.received(model).then(() => performance.now());
      let closing: Promise<void> | undefined;
      return {
        at: Promise.race([came, late]),
        stop: () => {
          giveUp();
          closing ??= webhooks.delete(id, by).finally(close);
          return closing;
        },
      };
    } catch (error) {
      close();
      if (!(error instanceof MlflowError)) throw error;
      return { note: error.message, stop: () => undefined };
    }
  }
}

/** @returns what is answered where another server has taken this one for dead */
const givenUp = (): MlflowError =>
  new MlflowError('RESOURCE_CONFLICT', 'The drill has said nothing for too long and was given up.');

const measurement = (
  what: string,
  milliseconds: number | undefined,
  budget: number,
): Measurement => ({
  what,
  ...(milliseconds === undefined ? { note: 'It was not reached.' } : { milliseconds }),
  budget,
  within_budget: milliseconds !== undefined && milliseconds <= budget,
});

/** @returns the alert that a bad version would serve for too long */
function tooSlow({ id, startedBy, measured }: Drill): Alert {
  const late = measured.filter(({ within_budget }) => !within_budget).map(({ what }) => what);
  return {
    kind: 'drill.too_slow',
    summary: `The drill of ${startedBy} took longer than it may: ${late.join('; ')}.`,
    details: { drill_id: id, measured },
  };
}
