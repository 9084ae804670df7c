import { randomUUID } from 'node:crypto';
import { invalidParameter, MlflowError, notFound } from '../errors.js';
import { checkMayWrite } from '../governance/writing-tokens.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { JobStore } from '../platform/jobs/jobs.store.js';
import type { Trail } from '../platform/trail.js';
import { STREAM_JOB } from './outbox.js';
import {
  checkPattern,
  checkRecipients,
  isGlob,
  type Preference,
  type Subscription,
} from './subscriptions.js';
import type { Allows } from './subscriptions.service.js';
import type { SubscriptionStore } from './subscriptions.store.js';
import { ALL_TOPICS } from './topics.js';

export interface PreferenceServiceParts {
  readonly database: Database;
  readonly subscriptions: SubscriptionStore;
  readonly jobs: JobStore;
  readonly allows: Allows;
  /** Domains that everybody may have e-mail sent to. */
  readonly emailDomains: readonly string[];
  readonly trail: Trail;
  readonly now: Clock;
}

export interface PreferenceWish {
  /** A model, or `*` for all of which nothing else is said. */
  readonly model: string;
  readonly preference: Preference;
  /** Where the e-mails go; undefined leaves it, or takes a name that is an address. */
  readonly address: string | undefined;
}

/** What each user wishes to get by e-mail: everything, what he follows, or nothing. */
export class PreferenceService {
  readonly #parts: PreferenceServiceParts;

  constructor(parts: PreferenceServiceParts) {
    this.#parts = parts;
  }

  async set({ model, preference, address }: PreferenceWish, by: By): Promise<Subscription> {
    const { database, subscriptions, allows, trail, now } = this.#parts;
    const { caller } = by;
    checkMayWrite(by);
    checkPattern(model);
    if (model !== ALL_TOPICS) {
      if (isGlob(model))
        throw invalidParameter("'model' is the name of one model, or '*' for all.");
      const needed = { access: 'read', of: 'registered_model', id: model } as const;
      if (!caller.isAdmin && !(await allows(caller, needed))) {
        throw denied(`'${caller.name}' may not read the model '${model}'.`);
      }
    }
    const { name: owner, userId = null } = caller;
    const known = await subscriptions.preference(database.read, owner, model);
    const to = address ?? known?.recipients[0] ?? owner;
    checkRecipients([to]);
    this.#checkDomain(to, by);
    const values = {
      ...{ description: '', modelPattern: model, preference, status: 'ACTIVE' as const },
      ...{ url: null, recipients: [to], sealed: null },
      settings: { verifyTls: true, hasSecret: false, hasAuthorization: false },
    };
    const id = known?.id ?? randomUUID().replaceAll('-', '');
    await database.write(async (tx) => {
      const before = await subscriptions.preference(tx, owner, model);
      const made = { id, channel: 'email' as const, owner, ownerId: userId };
      const key = before?.key ?? (await subscriptions.insert(tx, made, values, now()));
      if (before !== undefined) await subscriptions.update(tx, key, values, now());
      await subscriptions.setEvents(tx, key, [ALL_TOPICS], model);
      await trail.record(tx, by, {
        action: 'email_preference.set',
        object: { kind: 'email_preference', id: `${owner}/${model}` },
        ...(before === undefined ? {} : { before: { preference: before.preference } }),
        after: { preference, address: to },
      });
    });
    return this.#get(owner, model);
  }

  async delete(model: string, by: By): Promise<void> {
    checkMayWrite(by);
    const { database, subscriptions, jobs, trail } = this.#parts;
    const { name: owner } = by.caller;
    const { key, preference } = await this.#get(owner, model);
    await database.write(async (tx) => {
      await jobs.dropLane(tx, STREAM_JOB, key);
      await subscriptions.delete(tx, key);
      await trail.record(tx, by, {
        action: 'email_preference.delete',
        object: { kind: 'email_preference', id: `${owner}/${model}` },
        before: { preference },
      });
    });
  }

  async #get(owner: string, model: string): Promise<Subscription> {
    const { database, subscriptions } = this.#parts;
    const found = await subscriptions.preference(database.read, owner, model);
    if (found === undefined) throw notFound(`Nothing is said about e-mail for '${model}'.`);
    return found;
  }

  #checkDomain(address: string, { caller }: By): void {
    const { emailDomains } = this.#parts;
    const domain = address.split('@').at(-1)?.toLowerCase() ?? '';
    if (caller.isAdmin || emailDomains.includes(domain)) return;
    throw denied(
      `'${caller.name}' may not have e-mail sent to ${address}: ` +
        `the domains are ${emailDomains.join(', ') || 'none'}.`,
    );
  }
}

const denied = (message: string): MlflowError => new MlflowError('PERMISSION_DENIED', message);
