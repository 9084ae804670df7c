import type { Alert } from '../governance/alerts/alerts.js';
import { auditAlert } from '../governance/alerts/audit-alert.js';
import { cardExpiry } from '../governance/cards/expiry.js';
import { stageKind, stageOfAlias } from '../governance/policy/find-profile.js';
import type { Profile } from '../governance/policy/profile.js';
import type { StoredVersionFacts } from '../governance/version-facts/version-facts.js';
import type { Clock } from '../platform/clock.js';
import type { Database, Reader } from '../platform/db/database.js';
import type { Watch } from './watch-jobs.js';
import type { StagedVersion, WatchedStore } from './watched.store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PAGE = 200;

export interface CardWatchParts {
  readonly database: Database;
  readonly store: WatchedStore;
  readonly facts: Pick<StoredVersionFacts, 'cardOf'>;
  readonly profileOf: (reader: Reader, model: string) => Promise<Profile>;
  readonly now: Clock;
}

/** Cards of versions in Production that end in 30 days, in 7, or have ended. */
export const cardWatch = (parts: CardWatchParts): Watch => ({
  reference: 1,
  every: HOUR,
  look: async function* () {
    const { database, store } = parts;
    let behind: Pick<StagedVersion, 'model' | 'version'> = { model: 0, version: 0 };
    for (;;) {
      const page = await store.staged(database.scan, behind, PAGE);
      const found: Alert[] = [];
      for (const version of page) found.push(...(await endingCard(parts, version)));
      yield found;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      behind = last;
    }
  },
});

async function endingCard(
  { database, store, facts, profileOf, now }: CardWatchParts,
  { model, name, version, stage }: StagedVersion,
): Promise<Alert[]> {
  const profile = await profileOf(database.read, name);
  if (profile.mode === 'compat') return [];
  const aliases = await store.aliasesOf(database.read, model, version);
  const targets = [stage, ...aliases.map(({ alias }) => stageOfAlias(profile, alias) ?? 'None')];
  if (!targets.some((target) => stageKind(profile, target) === 'Production')) return [];
  const { resolved, attachedAt } = await facts.cardOf(database.read, name, version);
  if (resolved.kind !== 'card') return [];
  const end = cardExpiry(resolved.card, attachedAt, profile.card.max_age_days, now());
  if (end.at === undefined || end.notice === undefined) return [];
  const day = new Date(end.at).toISOString().slice(0, 10);
  const which = `The model card of '${name}' version ${version}`;
  return [
    {
      kind: end.expired ? 'card.expired' : 'card.expiring',
      model: name,
      version,
      summary: end.expired
        ? `${which} has expired on ${day}.`
        : `${which} expires on ${day}, in ${Math.ceil((end.at - now()) / DAY)} days.`,
      details: {
        ...{ card_digest: resolved.digest, days_left: end.notice, because: end.because },
        expires: end.at,
      },
    },
  ];
}

/** Emergencies that nobody has reviewed in their 24 hours. */
export const emergencyWatch = (database: Database, store: WatchedStore, now: Clock): Watch => ({
  reference: 2,
  every: MINUTE,
  look: async function* () {
    let behind = 0;
    for (;;) {
      const page = await store.unreviewed(database.scan, now(), behind, PAGE);
      yield page.map(({ id, model, principal, ticket, usedAt, dueAt }) => ({
        kind: 'break_glass.unreviewed',
        model,
        summary: `The emergency of ${principal} for '${model}' (${ticket}) has not been reviewed in time.`,
        details: { grant_id: id, principal, ticket, used: usedAt, review_due: dueAt },
      }));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      behind = last.key;
    }
  },
});

/** What somebody has changed in the audit log. */
export const auditWatch = (
  verify: () => Promise<{ readonly ok: boolean; readonly problems: readonly string[] }>,
): Watch => ({
  reference: 3,
  every: DAY,
  look: async function* () {
    const report = await verify();
    yield report.ok ? [] : [auditAlert(report.problems)];
  },
});
