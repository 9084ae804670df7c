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
const FLAG = 'gov.card';

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
  /** Takes a version out of what serves, as the gate lets it. */
  readonly archive: (name: string, version: number, by: By) => Promise<void>;
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
    const { database, jobs, serving, cards, profiles, now } = this.#parts;
    const leaving = await database.write(async (tx) => {
      if (!(await jobs.holds(tx, job))) return undefined;
      const version = await serving.versionOf(tx, job.reference);
      if (version === undefined) {
        await jobs.finish(tx, job);
        return undefined;
      }
      const { name } = version;
      const profile = await profiles.profileOf(tx, name);
      const expiry =
        profile.mode === 'compat' || !profile.card.required
          ? undefined
          : await cards.expiryOf(tx, name, version.version);
      const isLeaving = await this.#note(tx, version, profile, expiry);
      await jobs.postpone(tx, job, nextLook(expiry, now()));
      return isLeaving ? version : undefined;
    });
    if (leaving === undefined) return;
    const { name, version } = leaving;
    await this.#parts.archive(name, version, SYSTEM).catch(unlessRefused);
  }

  async tidy(): Promise<void> {
    // A job is gone with its version.
  }

  /** @returns whether the version is to leave what serves */
  async #note(
    tx: Transaction,
    version: ExpiringVersion,
    profile: Profile,
    expiry: CardExpiry | undefined,
  ): Promise<boolean> {
    const isExpired = expiry?.expired ?? false;
    const flag = isExpired ? 'expired' : undefined;
    if (profile.mode === 'enforce' && version.flag !== flag) {
      await this.#parts.tags.setTag(tx, version.model, version.version, FLAG, flag);
    }
    const kind = stageKind(profile, version.stage);
    if (expiry !== undefined && kind !== 'Archived') await this.#tell(tx, version, expiry);
    const { on_expiry } = profile.card;
    return (
      isExpired && profile.mode === 'enforce' && on_expiry === 'archive' && kind === 'Production'
    );
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

/** @returns when there is something to tell again */
function nextLook(expiry: CardExpiry | undefined, now: number): number {
  const { at } = expiry ?? {};
  const ahead = at === undefined ? [] : NOTICE_DAYS.map((days) => at - days * DAY);
  return Math.min(now + CARD_LOOK_EVERY, ...ahead.filter((time) => time > now));
}

/** The gate has said no, and has written down why. */
function unlessRefused(error: unknown): void {
  if (error instanceof MlflowError && error.status < 500) return;
  throw error;
}
