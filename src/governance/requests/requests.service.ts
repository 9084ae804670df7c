import { invalidParameter, MlflowError, notFound } from '../../errors.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { Rollback } from '../../registry/promotion-gate.js';
import { noVersion } from '../../registry/versions/versions.js';
import { availableActions } from '../evaluate/approvals.js';
import { approvalContext } from '../evaluate/consent.js';
import type { PromotionFacts } from '../evaluate/facts.js';
import { clientCall } from '../evaluate/python.js';
import { mayManage } from '../evaluate/rights.js';
import { requestEvent } from '../events/request-events.js';
import type { DryRuns } from '../gate/dry-run.js';
import type { GateParts } from '../gate/gate-parts.js';
import type { Promotion } from '../gate/promotion-facts.js';
import { refusal, refusalOf } from '../gate/refusal.js';
import { checkSameRights } from '../gate/same-rights.js';
import { EXPIRED, settleRequests } from '../gate/settle-requests.js';
import { stageKind, stageOfAlias } from '../policy/find-profile.js';
import { checkMayWrite } from '../writing-tokens.js';
import type { Activity } from './feed.store.js';
import type { StoredRequest } from './requests.store.js';
import { ALIAS, changeTo } from './targets.js';

/** Carries out what was agreed; it passes the gate itself. */
export interface Promoter {
  transition(
    wish: {
      readonly name: string;
      readonly version: string;
      readonly stage: string;
      readonly archiveExisting: boolean;
      readonly request?: string;
      readonly comment?: string;
      readonly rollback?: Rollback;
    },
    by: By,
  ): Promise<unknown>;
  setAlias(
    name: string,
    alias: string,
    version: string,
    by: By,
    consent: { readonly request?: string; readonly comment: string; readonly rollback?: Rollback },
  ): Promise<unknown>;
}

export interface RequestServiceParts extends GateParts {
  readonly dryRuns: DryRuns;
  readonly promoter: Promoter;
}

const MAX_COMMENT = 5_000;
const DAY = 86_400_000;

/** The commands of requests: to ask, to agree, to refuse and to take back. */
export class RequestService {
  readonly #parts: RequestServiceParts;

  constructor(parts: RequestServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such request */
  async get(id: string): Promise<StoredRequest> {
    const { database, requests } = this.#parts;
    const found = await requests.find(database.read, id);
    if (found === undefined)
      throw notFound(`There is no request with the id '${id.slice(0, 64)}'.`);
    return found;
  }

  /** As {@link get}; what is about a model that the caller may not read is not there for him. */
  async readable(id: string, by: By): Promise<StoredRequest> {
    const request = await this.get(id);
    const { rights } = await this.#parts.callers.factsOf(by.caller, request.name);
    if (rights.length > 0 && !rights.includes('DENY')) return request;
    throw notFound(`There is no request with the id '${id.slice(0, 64)}'.`);
  }

  /**
   * Opens a request, or finds the one that the caller has open. While evidence is missing none is
   * opened: there would be nothing to agree to.
   */
  async create(
    asked: { name: string; version: number; target: string; comment: string },
    by: By,
  ): Promise<StoredRequest> {
    const { name, version, target, comment } = asked;
    checkMayWrite(by);
    checkComment(comment);
    const change = changeTo(name, version, target);
    const mark = await this.#markOf(name, by);
    const { facts, decision } = await this.#look(change, by);
    const missing = decision.violations.filter(({ reason }) => reason !== 'APPROVAL_REQUIRED');
    if (missing.length > 0) throw refusalOf(missing, change);
    const { database, history, requests, feed, events, now } = this.#parts;
    const about = { name, version, stage: facts.version.stage };
    const expiresAt = now() + facts.profile.approvals.request_ttl_days * DAY;
    const creator = by.caller.name;
    const id = await database.write(async (tx) => {
      const model = await history.lock(tx, name);
      if (model === undefined) throw noVersion(name, version);
      await checkSameRights(this.#parts.callers, tx, by, name, mark);
      const time = now();
      const { request_ttl_days: days } = facts.profile.approvals;
      const open = await requests.openOf(tx, model, version);
      const overdue = open.filter(({ createdAt }) => createdAt + days * DAY <= time);
      await settleRequests(this.#parts, tx, overdue, { model, ...about, ...EXPIRED });
      const key = { model, version, target, creator };
      const opened = await requests.open(tx, {
        ...{ id: newHexId(), ...key, comment, now: time, expiresAt },
      });
      if (opened.isNew) {
        const activity = this.#activity(facts, target, 'REQUESTED_TRANSITION', comment, by);
        await feed.add(tx, model, version, activity);
        const told = { ...about, target, request: opened.id, actor: creator, comment };
        await events.emit(tx, requestEvent('transition_request.created', told));
        await this.#parts.trail.record(tx, by, {
          action: 'promotion_request.create',
          object: { kind: 'promotion_request', id: opened.id },
          after: { name, version, target },
          ...(comment === '' ? {} : { reason: comment }),
        });
      }
      return opened.id;
    });
    return this.get(id);
  }

  /** Agrees to a request; with the last approval that it takes it is carried out. */
  async approve(
    id: string,
    wish: { readonly archiveExisting: boolean; readonly comment: string },
    by: By,
  ): Promise<StoredRequest> {
    const { promoter, policies } = this.#parts;
    checkMayWrite(by);
    checkComment(wish.comment);
    const { name, version, target } = await this.#open(id);
    const { profile } = await policies.profileOf(name);
    if (profile.mode === 'compat') throw switchedOff(name);
    const consent = { request: id, comment: wish.comment };
    const number = String(version);
    if (target.startsWith(ALIAS)) {
      await promoter.setAlias(name, target.slice(ALIAS.length), number, by, consent);
    } else {
      const { archiveExisting } = wish;
      const transition = { name, version: number, stage: target, archiveExisting, ...consent };
      await promoter.transition(transition, by);
    }
    return this.get(id);
  }

  reject(id: string, comment: string, by: By): Promise<StoredRequest> {
    return this.#close(id, comment, by, 'rejected');
  }

  cancel(id: string, comment: string, by: By): Promise<StoredRequest> {
    return this.#close(id, comment, by, 'cancelled');
  }

  /** @returns what the caller may do with an open request */
  async actionsFor(request: StoredRequest, by: By): Promise<readonly string[]> {
    const change = changeTo(request.name, request.version, request.target);
    const { facts } = await this.#look(change, by);
    return actionsOf(facts, request);
  }

  async #close(
    id: string,
    comment: string,
    by: By,
    status: 'rejected' | 'cancelled',
  ): Promise<StoredRequest> {
    checkMayWrite(by);
    checkComment(comment);
    const request = await this.#open(id);
    const { name, version, target } = request;
    const mark = await this.#markOf(name, by);
    const { facts } = await this.#look(changeTo(name, version, target), by);
    const isRejection = status === 'rejected';
    const needed = isRejection ? 'REJECT_TRANSITION_REQUEST' : 'CANCEL_TRANSITION_REQUEST';
    if (!actionsOf(facts, request).includes(needed)) {
      const refused = notHis(request, isRejection, by);
      const object = { kind: 'promotion_request', id };
      const deed = { action: `promotion_request.${isRejection ? 'reject' : 'cancel'}`, object };
      await this.#parts.trail.recordDenial(by, deed, refused.message.slice(0, 1_000));
      throw refused;
    }
    const { database, history, requests, feed, events, trail, now } = this.#parts;
    await database.write(async (tx) => {
      const model = await history.lock(tx, name);
      if (model === undefined) throw noVersion(name, version);
      await checkSameRights(this.#parts.callers, tx, by, name, mark);
      if (!(await requests.close(tx, id, status, by.caller.name, now()))) throw notOpen(request);
      const type = isRejection ? 'REJECTED_REQUEST' : 'CANCELLED_REQUEST';
      await feed.add(tx, model, version, this.#activity(facts, target, type, comment, by));
      await events.emit(
        tx,
        requestEvent(`transition_request.${status}`, {
          ...{ name, version, target, comment, request: id },
          ...{ stage: facts.version.stage, actor: by.caller.name },
        }),
      );
      await trail.record(tx, by, {
        action: `promotion_request.${isRejection ? 'reject' : 'cancel'}`,
        object: { kind: 'promotion_request', id },
        before: { status: 'open' },
        after: { status },
        ...(comment === '' ? {} : { reason: comment }),
      });
    });
    return this.get(id);
  }

  async #open(id: string): Promise<StoredRequest> {
    const request = await this.get(id);
    if (request.status !== 'open' || request.expiresAt <= this.#parts.now()) throw notOpen(request);
    return request;
  }

  /** To be asked before the caller's rights are read. */
  #markOf(name: string, by: By): Promise<string> {
    const { callers, database } = this.#parts;
    return callers.markOf(database.read, by.caller, name);
  }

  #look(change: Exclude<Promotion, { kind: 'alias deletion' }>, by: By) {
    return this.#parts.dryRuns.of(change, by);
  }

  #activity(
    facts: PromotionFacts,
    to: string,
    type: Activity['type'],
    comment: string,
    by: By,
  ): Activity {
    const { name: user } = by.caller;
    const from = facts.version.stage;
    return {
      ...{ id: newHexId(), type, from, to, comment },
      systemComment: '',
      user,
      at: this.#parts.now(),
    };
  }
}

/** @returns what a caller may do with a request, whether its target serves or not */
function actionsOf(facts: PromotionFacts, request: StoredRequest): readonly string[] {
  const { caller, profile } = facts;
  const { target, creator } = request;
  const stage = target.startsWith(ALIAS)
    ? (stageOfAlias(profile, target.slice(ALIAS.length)) ?? 'None')
    : target;
  const kind = stageKind(profile, stage);
  if (kind === 'Production') return availableActions(caller, { creator }, approvalContext(facts));
  const decides = caller.name !== creator && mayManage(caller, kind);
  return [
    ...(decides ? ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST'] : []),
    ...(caller.name === creator ? ['CANCEL_TRANSITION_REQUEST'] : []),
  ];
}

/** @throws MlflowError 400 for a comment that is too long */
export function checkComment(comment: string): void {
  if (comment.length <= MAX_COMMENT) return;
  throw invalidParameter(`A comment has at most ${MAX_COMMENT} characters.`);
}

export const switchedOff = (name: string): MlflowError =>
  new MlflowError('FEATURE_DISABLED', `Governance is switched off for the model '${name}'.`);

function notOpen({ id, name: model, version }: StoredRequest): MlflowError {
  const message = `The request '${id}' is not open any more.`;
  const remedy = clientCall('get_model_version', model, String(version));
  const metadata = { model, version: String(version), request_id: id };
  return refusal(
    [{ reason: 'APPROVAL_REQUIRED', message, remedy, metadata }],
    `The request '${id}' can not be decided over`,
    `models:/${model}/${version}`,
  );
}

function notHis(request: StoredRequest, isRejection: boolean, { caller }: By): MlflowError {
  const { id, name: model, version, creator } = request;
  const message = isRejection
    ? `'${caller.name}' may not decide over the request '${id}'.`
    : `The request '${id}' can be taken back by who made it alone.`;
  const who = isRejection ? 'another lead or validator' : creator;
  const remedy = `# as ${who}`;
  const metadata = { model, version: String(version), request_id: id, requester: creator };
  return refusal(
    [{ reason: 'SEPARATION_OF_DUTIES', message, remedy, metadata }],
    `The request '${id}' can not be ${isRejection ? 'rejected' : 'taken back'}`,
    `models:/${model}/${version}`,
  );
}
