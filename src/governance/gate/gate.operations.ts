import { invalidParameter, notFound } from '../../errors.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { momentIn } from '../../platform/rules/moments.js';
import { checkNewAlias } from '../../registry/aliases/aliases.js';
import { noVersion, parseVersion } from '../../registry/versions/versions.js';
import { violationOf } from '../evaluate/evidence.js';
import type { PromotionFacts } from '../evaluate/facts.js';
import { mayPropose, mayRollBack } from '../evaluate/rights.js';
import type { Violation } from '../evaluate/violation.js';
import { readPage } from '../pages.js';
import { activityToWire } from '../requests/requests.wire.js';
import { changeTo, targetOf } from '../requests/targets.js';
import { mayWrite } from '../writing-tokens.js';
import type { DryRuns } from './dry-run.js';
import type { LivePeriod } from './gate.store.js';
import type { GateParts } from './gate-parts.js';
import { namedStage } from './named-stage.js';

type Ids = 'evaluatePromotion' | 'listVersionActivities' | 'getLiveVersions';

/** What the gate says, and what it has seen. */
export const gateOperations = (
  { database, history, feed, policies, callers, now }: GateParts,
  dryRuns: DryRuns,
): OperationTable<Ids> => ({
  evaluatePromotion: {
    access: 'read',
    of: 'model_version',
    id: ({ name }) => name,
    handler: async ({ name, version, stage, alias, archive_existing_versions }, by) => {
      const { profile } = await policies.profileOf(name);
      const asked = stage ? namedStage(profile, name, stage) : stage;
      if (alias) checkNewAlias(alias);
      const change = changeTo(name, parseVersion(name, version), targetOf(asked, alias));
      const archiveExisting = archive_existing_versions ?? false;
      const { decision, facts, policyVersion } = await dryRuns.of(
        change.kind === 'stage' ? { ...change, archiveExisting } : change,
        by,
      );
      // Where no rule asks for anything the server still asks for the right to edit.
      const forbidden =
        decision.allowed && !mayPropose(facts.caller) ? [mayNotEdit(facts, change)] : [];
      const violations = [...decision.violations, ...forbidden];
      return {
        allowed: decision.allowed && forbidden.length === 0,
        mode: profile.mode,
        policy_version: policyVersion,
        profile: profile.name,
        violations: violations.map((violation) => ({
          ...violation,
          metadata: { ...violation.metadata },
        })),
        obligations: decision.obligations.map((obligation) => ({ ...obligation })),
      };
    },
  },
  listVersionActivities: {
    access: 'read',
    of: 'model_version',
    id: ({ name }) => name,
    handler: async ({ name, version, max_results }) => {
      const { limit } = readPage(max_results, undefined);
      const model = await history.modelKey(database.read, name);
      const number = parseVersion(name, version);
      if (model === undefined) throw noVersion(name, number);
      const activities = await feed.activities(database.read, model, number, limit);
      return { activities: activities.map(activityToWire) };
    },
  },
  getLiveVersions: {
    access: 'read',
    of: 'registered_model',
    id: ({ name }) => name,
    handler: async ({ name, at: asked }, by) => {
      const at = timeOf(asked) ?? now();
      const periods = await history.liveAt(database.read, name, at);
      if (periods.length === 0 && (await history.modelKey(database.read, name)) === undefined) {
        throw notFound(`Registered Model with name=${name} not found`);
      }
      const live = periods
        .filter(({ target }) => target !== 'None' && target !== 'Archived')
        .map(periodToWire);
      const { profile } = await policies.profileOf(name);
      const wish = { action: 'rollback', model: name, to: 'Production' } as const;
      const mayGoBack =
        profile.mode !== 'compat' &&
        mayWrite(by) &&
        mayRollBack(await callers.factsOf(by.caller, name, wish));
      return { at, live, available_actions: mayGoBack ? ['ROLL_BACK'] : [] };
    },
  },
});

function mayNotEdit(
  { caller, version }: PromotionFacts,
  { kind }: { readonly kind: 'stage' | 'alias' },
): Violation {
  const what = kind === 'stage' ? 'move versions' : 'set aliases';
  const message = `${caller.name} may not edit ${version.model}, and so not ${what} of it.`;
  const remedy = '# ask who manages the model for EDIT on it';
  return violationOf(version, 'STAGE_ROLE_REQUIRED', message, remedy, { caller: caller.name });
}

/** A period as the wire shows it. */
export const periodToWire = (period: LivePeriod) => ({
  version: String(period.version),
  ...(period.target.startsWith('alias:')
    ? { alias: period.target.slice('alias:'.length) }
    : { stage: period.target }),
  ...{ from: period.fromTime, entered_by: period.enteredBy },
  ...(period.toTime === null ? {} : { to: period.toTime }),
  ...(period.leftBy === null ? {} : { left_by: period.leftBy }),
  ...(period.leftBecause === null ? {} : { left_because: period.leftBecause }),
});

/** The blank is a `+` that stood in a URL as it is. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+ -]\d\d:?\d\d)?)?$/i;

/** Reads a moment: ms since the epoch, or ISO 8601. @throws MlflowError 400 when it is none */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const [, day, clock = '00:00', zone = 'Z'] = ISO.exec(text) ?? [];
  // Without a zone it is UTC, whatever the zone of the server.
  const at = /^\d{1,15}$/.test(text)
    ? Number(text)
    : momentIn(`${day}T${clock}${zone.replace(' ', '+')}`);
  if (Number.isFinite(at)) return at;
  throw invalidParameter(`'at' is a time such as 2026-05-01T00:00Z, not '${text.slice(0, 64)}'.`);
}
