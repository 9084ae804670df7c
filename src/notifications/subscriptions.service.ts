import { randomUUID } from 'node:crypto';
import { invalidParameter, MlflowError, notFound } from '../errors.js';
import { checkMayWrite } from '../governance/writing-tokens.js';
import type { Clock } from '../platform/clock.js';
import type { Database, Reader } from '../platform/db/database.js';
import type { By, Caller, Requirement } from '../platform/http/operation.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { OutgoingClient } from '../platform/outgoing/outgoing-client.js';
import type { Trail } from '../platform/trail.js';
import { explainTarget, parseTarget } from '../webhooks/target.js';
import { STREAM_JOB } from './outbox.js';
import type { SealedSecrets } from './secrets.js';
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
  type SubscriptionStatus,
} from './subscriptions.js';
import type { SubscriptionStore, SubscriptionValues } from './subscriptions.store.js';

/** All of a subscription, as it is to be. */
export interface Wish {
  readonly description: string;
  /** A glob; for a registry webhook a model's name, or nothing for all. */
  readonly modelPattern: string;
  readonly events: readonly string[];
  readonly status: SubscriptionStatus;
  readonly url: string;
  readonly recipients: readonly string[];
  readonly verifyTls: boolean;
  readonly secret: string | undefined;
  readonly authorization: string | undefined;
}

/** What is to change; undefined leaves it as it is. */
export type Change = { readonly [Name in keyof Wish]?: Wish[Name] | undefined };

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
   * @returns a subscription that the caller may manage
   * @throws MlflowError 404 for all others: whether they are there is nobody's business
   */
  async get(id: string, by: By, isDatabricks: boolean): Promise<Subscription> {
    const { database, subscriptions } = this.#parts;
    const found = await subscriptions.find(database.read, id);
    const isOther = found?.preference != null || (found?.channel === 'databricks') !== isDatabricks;
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
        ...deed('create', id),
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
      const key = await subscriptions.lock(tx, id);
      if (key === undefined) throw noSubscription(id);
      await subscriptions.update(tx, key, values, now());
      await subscriptions.setEvents(tx, key, wish.events, modelKeyOf(channel, wish.modelPattern));
      await trail.record(tx, by, {
        ...deed('update', id),
        before: toldOf(channel, old, old.events),
        after: toldOf(channel, values, wish.events),
      });
    });
    return this.get(id, by, isDatabricks);
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
        ...deed('delete', id),
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

const deed = (verb: string, id: string) => ({
  action: `subscription.${verb}`,
  object: { kind: 'subscription', id },
});

/** A subscription without its secrets. */
const toldOf = (
  channel: Channel,
  {
    modelPattern,
    status,
    url,
    recipients,
    description,
    settings,
  }: Pick<
    SubscriptionValues,
    'modelPattern' | 'status' | 'url' | 'recipients' | 'description' | 'settings'
  >,
  events: readonly string[],
) => ({
  ...{ channel, model_pattern: modelPattern, status, description, recipients },
  ...{ url: url === null ? (settings.host ?? null) : withoutPassword(url), events },
});

/** A URL with the password of basic authentication is shown without it. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = '***';
  parsed.password = '';
  return parsed.href;
}
