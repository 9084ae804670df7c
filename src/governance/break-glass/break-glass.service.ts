import type { AuditTrail } from '../../audit/audit-trail.js';
import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { By, Caller } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { Trail } from '../../platform/trail.js';
import { breakGlassProblems, grantEnd } from '../evaluate/break-glass.js';
import type { CallerFacts } from '../evaluate/facts.js';
import type { GovernanceEvents } from '../events/governance-events.js';
import type { Callers } from '../gate/callers.js';
import type { GateStore } from '../gate/gate.store.js';
import { refusal } from '../gate/refusal.js';
import { checkSameRights } from '../gate/same-rights.js';
import { checkMayWrite, mayWrite } from '../writing-tokens.js';
import type { BreakGlassStore, StoredGrant } from './break-glass.store.js';

export interface BreakGlassParts {
  readonly database: Database;
  readonly store: BreakGlassStore;
  readonly models: Pick<GateStore, 'modelKey'>;
  readonly callers: Callers;
  readonly trail: Trail & Pick<AuditTrail, 'recordDenial'>;
  readonly events: GovernanceEvents;
  readonly now: Clock;
}

/** What somebody may do about emergencies. */
export interface Deeds {
  /** Of some model at least: which ones, the declaring tells. */
  readonly declare: boolean;
  readonly review: (grant: StoredGrant) => boolean;
}

const NO_DEEDS: Deeds = { declare: false, review: () => false };

/** What a version is marked with that was promoted in an emergency nobody has looked at. */
export const UNREVIEWED = 'unreviewed_emergency';

const MAX_REVIEW = 5_000;

/** The emergency: minutes without approvals for one model, and somebody who looks at it after. */
export class BreakGlassService {
  readonly #parts: BreakGlassParts;

  constructor(parts: BreakGlassParts) {
    this.#parts = parts;
  }

  async get(id: string): Promise<StoredGrant> {
    const { database, store } = this.#parts;
    const grant = await store.find(database.read, id);
    if (grant === undefined) throw notFound(`There is no grant with the id '${id.slice(0, 64)}'.`);
    return grant;
  }

  /** Tells what to offer somebody; each deed is judged again when it is done. */
  async deedsOf(by: By): Promise<Deeds> {
    if (!mayWrite(by)) return NO_DEEDS;
    const { callers, now } = this.#parts;
    const { caller } = by;
    // Roles are the same for all models.
    const facts = await callers.factsOf(caller, '');
    return {
      declare: facts.roles.includes('breakglass') || (await callers.breaksGlass(caller)),
      review: (grant) =>
        grant.reviewedAt === null && isReviewer(facts, grant) && isToReview(grant, now()),
    };
  }

  /** @throws MlflowError 403 to whoever has neither the role nor the right */
  async grant(
    asked: { model: string; reason: string; ticket: string; minutes: number | undefined },
    by: By,
  ): Promise<StoredGrant> {
    checkMayWrite(by);
    const { callers, database, store, models, events, trail, now } = this.#parts;
    const problems = breakGlassProblems(asked);
    if (problems.length > 0) throw invalidParameter(problems.join(' '));
    const { model, reason, ticket } = asked;
    const { caller } = by;
    const mark = await callers.markOf(database.read, caller, model);
    if (!(await this.#may(caller, model))) {
      throw await this.#denied(by, 'grant', model, roleRequired(caller, model));
    }
    const time = now();
    const grant = {
      ...{ id: newHexId(), model, principal: caller.name, reason, ticket, createdAt: time },
      ...{ expiresAt: grantEnd(asked, time), usedAt: null, reviewDueAt: null },
      ...{ reviewer: null, review: null, reviewedAt: null },
    };
    await database.write(async (tx) => {
      if ((await models.modelKey(tx, model)) === undefined) {
        throw notFound(`Registered Model with name=${model} not found`);
      }
      await checkSameRights(callers, tx, by, model, mark);
      await store.insert(tx, grant);
      await events.emit(tx, {
        ...{ kind: 'break_glass.opened', model, actor: caller.name },
        summary: `${caller.name} has declared an emergency for '${model}' (${ticket}): ${reason}`,
        data: { grant_id: grant.id, ticket, reason, expires: grant.expiresAt },
      });
      await trail.record(tx, by, {
        action: 'break_glass.grant',
        object: { kind: 'registered_model', id: model },
        after: { grant_id: grant.id, ticket, expiration_timestamp: grant.expiresAt },
        reason,
      });
    });
    return this.get(grant.id);
  }

  /** Writes down what somebody else makes of it. */
  async close(id: string, review: string, by: By): Promise<StoredGrant> {
    checkMayWrite(by);
    const { database, store, callers, events, trail, now } = this.#parts;
    if (review.trim() === '' || review.length > MAX_REVIEW) {
      throw invalidParameter(`'review' has 1 to ${MAX_REVIEW} characters.`);
    }
    const grant = await this.get(id);
    const { caller } = by;
    const mark = await callers.markOf(database.read, caller, grant.model);
    if (!isReviewer(await callers.factsOf(caller, grant.model), grant)) {
      throw await this.#denied(by, 'review', grant.model, notReviewer(caller, grant));
    }
    if (!isToReview(grant, now())) {
      throw invalidParameter(
        'The grant is in force and has not been used: there is nothing to review yet.',
      );
    }
    await database.write(async (tx) => {
      await checkSameRights(callers, tx, by, grant.model, mark);
      if (!(await store.close(tx, id, caller.name, review, now()))) {
        throw invalidParameter(`The grant '${id}' has been reviewed already.`);
      }
      await events.emit(tx, {
        ...{ kind: 'break_glass.reviewed', model: grant.model, actor: caller.name },
        summary: `${caller.name} has reviewed the emergency of ${grant.principal} for '${grant.model}'.`,
        data: { grant_id: id, principal: grant.principal, review },
      });
      await store.unmark(tx, id, UNREVIEWED);
      await trail.record(tx, by, {
        action: 'break_glass.review',
        object: { kind: 'registered_model', id: grant.model },
        after: { grant_id: id },
        reason: review,
      });
    });
    return this.get(id);
  }

  async #denied(by: By, what: string, model: string, refused: MlflowError): Promise<MlflowError> {
    const deed = { action: `break_glass.${what}`, object: { kind: 'registered_model', id: model } };
    await this.#parts.trail.recordDenial(by, deed, refused.message.slice(0, 1_000));
    return refused;
  }

  async #may(caller: Caller, model: string): Promise<boolean> {
    const wish = { action: 'break_glass', model, to: 'Production' } as const;
    const { roles, rights } = await this.#parts.callers.factsOf(caller, model, wish);
    if (rights.includes('DENY')) return false;
    return roles.includes('breakglass') || rights.includes('break_glass');
  }
}

const REVIEWERS: readonly string[] = ['lead', 'validator'];

const isReviewer = ({ name, roles, isAdmin }: CallerFacts, { principal }: StoredGrant): boolean =>
  name !== principal && (isAdmin || roles.some((role) => REVIEWERS.includes(role)));

const isToReview = ({ usedAt, expiresAt }: StoredGrant, now: number): boolean =>
  usedAt !== null || expiresAt <= now;

function roleRequired({ name }: Caller, model: string): MlflowError {
  const message = `'${name}' may not break the glass of '${model}': it takes the role 'breakglass' or the right break_glass.`;
  const remedy = '# ask an administrator for the role breakglass';
  const metadata = { model, caller: name };
  return refusal(
    [{ reason: 'STAGE_ROLE_REQUIRED', message, remedy, metadata }],
    `No emergency can be declared for models:/${model}`,
    `models:/${model}`,
  );
}

function notReviewer({ name }: Caller, { model, id, principal }: StoredGrant): MlflowError {
  const message =
    'An emergency is reviewed by a lead, a validator or an administrator who did not declare it.';
  const remedy = `# as somebody else than ${principal}`;
  const metadata = { model, caller: name, grant_id: id };
  return refusal(
    [{ reason: 'SEPARATION_OF_DUTIES', message, remedy, metadata }],
    `The emergency of models:/${model} can not be reviewed`,
    `models:/${model}`,
  );
}
