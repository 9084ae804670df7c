import { randomUUID } from 'node:crypto';
import { invalidParameter, MlflowError, notFound } from '../errors.js';
import { checkMayWrite } from '../governance/writing-tokens.js';
import type { Clock } from '../platform/clock.js';
import type { Database, Reader, Transaction } from '../platform/db/database.js';
import type { By, Caller, Requirement } from '../platform/http/operation.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { OutgoingClient } from '../platform/outgoing/outgoing-client.js';
import type { Trail } from '../platform/trail.js';
import { explainTarget, parseTarget } from '../webhooks/target.js';
import { STREAM_JOB } from './outbox.js';
import type { SealedSecrets } from './secrets.js';
import { deedOf, toldOf } from './subscription-entry.js';
import {
  type Channel,
  checkDatabricksEvents,
  checkDescription,
  checkEvents,
  checkPattern,
  checkRecipients,
  checkSecrets,
  isGlob,
  modelKeyOf,
  noSubscription,
  type Secrets,
  type Subscription,
} from './subscriptions.js';
import type { SubscriptionStore, SubscriptionValues } from './subscriptions.store.js';
import { type Change, isQuiet, type Wish } from './wish.js';

/** Whether somebody may do something with a model. */
export type Allows = (caller: Caller, needed: Requirement) => Promise<boolean>;

export interface SubscriptionServiceParts {
  readonly database: Database;
  readonly subscriptions: SubscriptionStore;
  readonly secrets: SealedSecrets;
  readonly jobs: JobStore;
  readonly allows: Allows;
  /** Whether there is a model of this name. */
  readonly hasModel: (reader: Reader, name: string) => Promise<boolean>;
  readonly client: Pick<OutgoingClient, 'check'>;
  readonly schemes: readonly string[];
  /** Domains that everybody may have e-mail sent to. */
  readonly emailDomains: readonly string[];
  readonly trail: Trail;
  readonly now: Clock;
}

/** What one user may have: each is looked at with each event. */
const MAX_SUBSCRIPTIONS = 200;

/** The commands of subscriptions and registry webhooks. */
export class SubscriptionService {
  readonly #parts: SubscriptionServiceParts;

  constructor(parts: SubscriptionServiceParts) {
    this.#parts = parts;
  }

  /**
   * @param isDatabricks whether it has to be a registry webhook, or must not be; undefined for either
   * @returns a subscription that the caller may manage
   * @throws MlflowError 404 for all others: whether they are there is nobody's business
   */
  async get(id: string, by: By, isDatabricks?: boolean): Promise<Subscription> {
    const { database, subscriptions } = this.#parts;
    const found = await subscriptions.find(database.read, id);
    const isHook = found?.channel === 'databricks';
    const isOther = found?.preference != null || isHook !== (isDatabricks ?? isHook);
    if (found === undefined || isOther || !(await this.#manages(found, by))) {
      throw noSubscription(id);
    }
    return found;
  }

  async create(channel: Channel, wish: Wish, by: By): Promise<Subscription> {
    checkMayWrite(by);
    const { database, subscriptions, trail, now } = this.#parts;
    const id = randomUUID().replaceAll('-', '');
    const { userId = null, name: owner } = by.caller;
    const values = await this.#values(id, channel, wish, {}, by);
    const created = await database.write(async (tx) => {
      if ((await subscriptions.count(tx, owner)) >= MAX_SUBSCRIPTIONS && !by.caller.isAdmin) {
        throw invalidParameter(`One user may have ${MAX_SUBSCRIPTIONS} subscriptions at most.`);
      }
      const row = { id, channel, owner, ownerId: userId };
      const key = await subscriptions.insert(tx, row, values, now());
      const modelKey = modelKeyOf(channel, wish.modelPattern);
      await subscriptions.setEvents(tx, key, wish.events, modelKey);
      await trail.record(tx, by, {
        ...deedOf('create', id),
        after: toldOf(channel, values, wish.events),
      });
      return subscriptions.find(tx, id);
    });
    if (created === undefined) throw noSubscription(id);
    return created;
  }

  async update(id: string, change: Change, by: By, isDatabricks: boolean): Promise<Subscription> {
    checkMayWrite(by);
    const { database, subscriptions, secrets, trail, now } = this.#parts;
    const old = await this.get(id, by, isDatabricks);
    const { channel } = old;
    if (isQuiet(change)) return this.#describe(old, change, by);
    const kept = await secrets.open(old).catch(() => {
      throw invalidParameter(
        'The secrets of this subscription can not be decrypted: give them anew.',
      );
    });
    const wish: Wish = {
      ...{ description: old.description, modelPattern: old.modelPattern, events: old.events },
      ...{ status: old.status, url: kept.url ?? old.url ?? '', recipients: old.recipients },
      ...{ verifyTls: old.settings.verifyTls, secret: undefined, authorization: undefined },
      ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    };
    const values = await this.#values(id, channel, wish, kept, by);
    await database.write(async (tx) => {
      const before = await this.#hold(tx, id);
      // Who has paused it meanwhile is not overruled by a change of something else.
      const { status = before.status, description = before.description } = change;
      const after = { ...values, status, description };
      await subscriptions.update(tx, before.key, after, now());
      const modelKey = modelKeyOf(channel, wish.modelPattern);
      await subscriptions.setEvents(tx, before.key, wish.events, modelKey);
      const areNew = change.secret !== undefined || change.authorization !== undefined;
      await trail.record(tx, by, {
        ...deedOf('update', id),
        before: toldOf(channel, before, before.events),
        after: {
          ...toldOf(channel, after, wish.events),
          ...(areNew ? { secret_changed: true } : {}),
        },
      });
    });
    return this.get(id, by, isDatabricks);
  }

  /** Nothing goes elsewhere by this, so a receiver that is gone or forbidden by now can be paused. */
  #describe({ id, channel }: Subscription, change: Change, by: By): Promise<Subscription> {
    const { database, subscriptions, trail, now } = this.#parts;
    checkDescription(change.description ?? '');
    return database.write(async (tx) => {
      const before = await this.#hold(tx, id);
      const { status = before.status, description = before.description } = change;
      await subscriptions.update(tx, before.key, { ...before, status, description }, now());
      const after = await this.#hold(tx, id);
      await trail.record(tx, by, {
        ...deedOf('update', id),
        before: toldOf(channel, before, before.events),
        after: toldOf(channel, after, after.events),
      });
      return after;
    });
  }

  async #hold(tx: Transaction, id: string): Promise<Subscription> {
    const { subscriptions } = this.#parts;
    const key = await subscriptions.lock(tx, id);
    const held = key === undefined ? undefined : await subscriptions.findByKey(tx, key);
    if (held === undefined) throw noSubscription(id);
    return held;
  }

  /** Ends a subscription, and with it what was still to be sent. */
  async delete(id: string, by: By, isDatabricks: boolean): Promise<void> {
    checkMayWrite(by);
    const { database, subscriptions, jobs, trail } = this.#parts;
    const old = await this.get(id, by, isDatabricks);
    await database.write(async (tx) => {
      const key = await subscriptions.lock(tx, id);
      if (key === undefined) throw noSubscription(id);
      // First the jobs, as whoever delivers does: the other way round they could wait for each other.
      await jobs.dropLane(tx, STREAM_JOB, key);
      await subscriptions.delete(tx, key);
      await trail.record(tx, by, {
        ...deedOf('delete', id),
        before: toldOf(old.channel, old, old.events),
      });
    });
  }

  /** @returns whether somebody manages a model, and so may have its events sent elsewhere */
  async managesModel({ caller }: By, model: string): Promise<boolean> {
    return caller.isAdmin || (model !== '' && (await this.#allows(caller, 'manage', model)));
  }

  async #manages({ owner, channel, modelPattern }: Subscription, by: By): Promise<boolean> {
    if (by.caller.isAdmin) return true;
    if (channel === 'databricks') return this.managesModel(by, modelPattern);
    return owner === by.caller.name;
  }

  #allows(caller: Caller, access: 'read' | 'manage', id: string): Promise<boolean> {
    return this.#parts.allows(caller, { access, of: 'registered_model', id });
  }

  /** Checks everything, looks names up and encrypts, all of it before a transaction. */
  async #values(
    id: string,
    channel: Channel,
    wish: Wish,
    kept: Secrets,
    by: By,
  ): Promise<SubscriptionValues> {
    const { description, modelPattern, events, status, recipients, verifyTls } = wish;
    checkDescription(description);
    const isDatabricks = channel === 'databricks';
    if (isDatabricks) checkDatabricksEvents(events, modelPattern);
    else {
      checkPattern(modelPattern);
      checkEvents(events);
    }
    checkSecrets(wish, channel);
    const isEmail = channel === 'email';
    if (isEmail) checkRecipients(recipients);
    else await this.#checkTarget(wish.url);
    await this.#authorize(channel, wish, by);
    const { database, hasModel } = this.#parts;
    if (isDatabricks && modelPattern !== '' && !(await hasModel(database.read, modelPattern))) {
      throw notFound(`Registered Model with name=${modelPattern} not found`);
    }
    const { secret = kept.secret, authorization = kept.authorization } = wish;
    const isSecretUrl = channel === 'slack';
    const sealed = await this.#parts.secrets.seal(
      { secret, authorization, ...(isSecretUrl ? { url: wish.url } : {}) },
      id,
    );
    return {
      ...{ description, modelPattern, status, sealed, preference: null },
      url: isEmail || isSecretUrl ? null : wish.url,
      recipients: isEmail ? recipients : [],
      settings: {
        verifyTls,
        hasSecret: (secret ?? '') !== '',
        hasAuthorization: (authorization ?? '') !== '',
        ...(isSecretUrl ? { host: new URL(wish.url).host } : {}),
      },
    };
  }

  /**
   * Whoever has events of a model sent out of this server manages it; e-mail goes to whoever may
   * read it, and for all models at once he is told of those that he may read then.
   */
  async #authorize(channel: Channel, { modelPattern, recipients }: Wish, by: By): Promise<void> {
    const { caller } = by;
    if (caller.isAdmin) return;
    if (channel === 'email') {
      const { emailDomains } = this.#parts;
      const foreign = recipients.find(
        (address) => !emailDomains.includes(address.split('@').at(-1)?.toLowerCase() ?? ''),
      );
      if (foreign !== undefined) {
        const allowed = emailDomains.join(', ') || 'none';
        throw denied(
          `'${caller.name}' may not have e-mail sent to ${foreign}: the domains are ${allowed}.`,
        );
      }
      if (isGlob(modelPattern)) return;
      if (await this.#allows(caller, 'read', modelPattern)) return;
      throw denied(`'${caller.name}' may not read the model '${modelPattern}'.`);
    }
    const isOne = channel === 'databricks' ? modelPattern !== '' : !isGlob(modelPattern);
    if (isOne && (await this.managesModel(by, modelPattern))) return;
    throw denied(
      isOne
        ? `'${caller.name}' does not manage the model '${modelPattern}'.`
        : 'Only an administrator may have the events of several models sent elsewhere.',
    );
  }

  async #checkTarget(url: string): Promise<void> {
    const target = parseTarget(url, this.#parts.schemes);
    try {
      await this.#parts.client.check(target);
    } catch (error) {
      throw explainTarget(error, target);
    }
  }
}

const denied = (message: string): MlflowError => new MlflowError('PERMISSION_DENIED', message);
