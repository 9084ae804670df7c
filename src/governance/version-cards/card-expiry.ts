import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { JobHandler } from '../../platform/jobs/job-runner.js';
import type { Job, JobStore } from '../../platform/jobs/jobs.store.js';
import type { Trail } from '../../platform/trail.js';
import type { Alerts } from '../alerts/alerts.js';
import { type CardExpiry, NOTICE_DAYS } from '../cards/expiry.js';
import { stageKind } from '../policy/find-profile.js';
import type { Profile } from '../policy/profile.js';
import type { ExpiringVersion, ServingCardStore } from './serving-cards.store.js';

/** Versions whose cards may end; by evidence. */
export const EXPIRY_JOB = 'card expiry';

const DAY = 86_400_000;
/** Milliseconds between two looks at most, since cards change. */
export const CARD_LOOK_EVERY = DAY;
/** Milliseconds until what was overtaken by another change is tried again. */
const AGAIN = 60_000;
const FLAG = 'gov.card';

/** A version, and when its card ends. */
interface Found {
  readonly version: ExpiringVersion;
  readonly profile: Profile;
  readonly expiry: CardExpiry | undefined;
}

export interface CardExpiryParts {
  readonly database: Database;
  readonly jobs: JobStore;
  readonly tags: {
    setTag(
      tx: Transaction,
      model: number,
      version: number,
      key: string,
      value: string | undefined,
    ): Promise<void>;
  };
  readonly cards: {
    /** @returns when the card that counts ends; undefined where there is none */
    expiryOf(tx: Transaction, name: string, version: number): Promise<CardExpiry | undefined>;
  };
  readonly profiles: { profileOf(tx: Transaction, model: string): Promise<Profile> };
  readonly serving: Pick<ServingCardStore, 'tell' | 'versionOf'>;
  readonly alerts: Alerts;
  readonly trail: Trail;
  /** Takes a version out of what serves, as the gate lets it, if that is still due under the lock. */
  readonly archive: (
    name: string,
    version: number,
    by: By,
    isDue: (tx: Transaction) => Promise<boolean>,
  ) => Promise<void>;
  readonly now: Clock;
}

/** Who does what time brings about. */
export const SYSTEM: By = {
  caller: { name: 'system', isAdmin: true, method: 'nobody' },
  origin: { address: '', userAgent: 'runledger', requestId: '' },
};

/**
 * Tells of the ends of cards 30 and 7 days ahead and on the day, flags versions whose card has
 * ended, and takes them out of what serves where the profile says so.
 */
export class CardExpiryJobs implements JobHandler {
  readonly kind = EXPIRY_JOB;
  readonly lease = 60_000;
  readonly concurrency = 2;
  readonly laneConcurrency = 1;
  readonly #parts: CardExpiryParts;

  constructor(parts: CardExpiryParts) {
    this.#parts = parts;
  }

  async run(job: Job): Promise<void> {
    const { database, jobs, now } = this.#parts;
    const leaving = await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return undefined;
      const found = await this.#look(tx, job);
      if (found === undefined) {
        await jobs.finish(tx, job);
        return undefined;
      }
      await this.#note(tx, found);
      if (isToLeave(found)) return found.version;
      await jobs.postpone(tx, job, nextLook(found.expiry, now()));
      return undefined;
    });
    if (leaving === undefined) return;
    const { name, version } = leaving;
    const isDone = await this.#archive(job, name, version);
    await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return;
      const found = await this.#look(tx, job);
      const next = nextLook(found?.expiry, now());
      await jobs.postpone(tx, job, isDone ? next : now() + AGAIN);
    });
  }

  /** @returns false where it has to be tried again: something else was stored meanwhile */
  async #archive(job: Job, name: string, version: number): Promise<boolean> {
    const isDue = async (tx: Transaction) => {
      const found = await this.#look(tx, job);
      return found !== undefined && isToLeave(found);
    };
    try {
      await this.#parts.archive(name, version, SYSTEM, isDue);
      return true;
    } catch (error) {
      // The gate has said no, and has written down why.
      if (error instanceof MlflowError && error.status < 500) return false;
      throw error;
    }
  }

  /** @returns undefined where the version was deleted */
  async #look(tx: Transaction, job: Job): Promise<Found | undefined> {
    const { serving, cards, profiles } = this.#parts;
    const version = await serving.versionOf(tx, job.reference);
    if (version === undefined) return undefined;
    const profile = await profiles.profileOf(tx, version.name);
    const expiry =
      profile.mode === 'compat' || !profile.card.required
        ? undefined
        : await cards.expiryOf(tx, version.name, version.version);
    return { version, profile, expiry };
  }

  async tidy(): Promise<void> {
    // A job is gone with its version.
  }

  async #note(tx: Transaction, { version, profile, expiry }: Found): Promise<void> {
    const flag = expiry?.expired === true ? 'expired' : undefined;
    if (profile.mode === 'enforce' && version.flag !== flag) {
      await this.#parts.tags.setTag(tx, version.model, version.version, FLAG, flag);
    }
    const kind = stageKind(profile, version.stage);
    if (expiry !== undefined && kind !== 'Archived') await this.#tell(tx, version, expiry);
  }

  async #tell(
    tx: Transaction,
    { model, name, version, stage }: ExpiringVersion,
    { at, because, notice, expired }: CardExpiry,
  ): Promise<void> {
    const { serving, alerts, trail, now } = this.#parts;
    if (at === undefined || notice === undefined) return;
    if (!(await serving.tell(tx, model, version, { expires: at, days: notice, now: now() })))
      return;
    const day = new Date(at).toISOString();
    const kind = expired ? 'card.expired' : 'card.expiring';
    const summary = expired
      ? `The model card of ${name} version ${version} has expired (${day}).`
      : `The model card of ${name} version ${version} expires within ${notice} days (${day}).`;
    const details = { expires: at, days: notice, because, stage };
    await alerts.raise(tx, { kind, model: name, version, summary, details });
    await trail.record(tx, SYSTEM, {
      action: expired ? 'model_version.card_expired' : 'model_version.card_expiring',
      object: { kind: 'model_version', id: `${name}/${version}` },
      after: details,
    });
  }
}

/** Whether a version is to leave what serves. */
const isToLeave = ({ version, profile, expiry }: Found): boolean =>
  expiry?.expired === true &&
  profile.mode === 'enforce' &&
  profile.card.on_expiry === 'archive' &&
  stageKind(profile, version.stage) === 'Production';

/** @returns when there is something to tell again */
function nextLook(expiry: CardExpiry | undefined, now: number): number {
  const { at } = expiry ?? {};
  const ahead = at === undefined ? [] : NOTICE_DAYS.map((days) => at - days * DAY);
  return Math.min(now + CARD_LOOK_EVERY, ...ahead.filter((time) => time > now));
}
