import type { MlflowError } from '../errors.js';
import type { ExpectedEvent, GovernanceEvents } from '../governance/events/governance-events.js';
import type { Reader, Transaction } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import { together } from '../platform/together.js';
import {
  beforeApplied,
  besideBegin,
  GateAround,
  type GovernedChange,
  type Move,
  type Passage,
  type PromotionGate,
} from '../registry/promotion-gate.js';
import { STAGE_TAG, type StageMirror } from './stage-tag.js';

export interface TellingGateParts {
  readonly events: GovernanceEvents;
  readonly isPrompt: (reader: Reader, name: string) => Promise<boolean>;
  /** Writes a version's stage down where MLflow's own webhooks see it; undefined for not at all. */
  readonly mirror?: StageMirror | undefined;
}

/** Tells what has become of the changes that pass a gate, whatever gate it is. */
export class TellingGate extends GateAround {
  readonly #parts: TellingGateParts;

  constructor(gate: PromotionGate, parts: TellingGateParts) {
    super(gate);
    this.#parts = parts;
  }

  async open(change: GovernedChange, by: By): Promise<Passage> {
    const passage = await this.inner.open(this.#asJudged(change), by);
    if (change.kind === 'version creation') {
      return besideBegin(this.#copying(passage, change), (tx) =>
        this.#expect(tx, change.name, [{ kind: 'model_version.created' }]),
      );
    }
    if (change.kind !== 'stage' && change.kind !== 'alias' && change.kind !== 'alias deletion') {
      return passage;
    }
    // A transaction that is run again asks again.
    let asked: Promise<boolean> | undefined;
    let isPrompt = false;
    return {
      begin: (tx) => {
        asked = this.#parts.isPrompt(tx, change.name);
        const expected = this.#expect(tx, change.name, movesOf(change));
        return together(passage.begin?.(tx) ?? Promise.resolve(), asked, expected);
      },
      judge: async (tx, model, held) => {
        const answer = asked ?? this.#parts.isPrompt(tx, change.name);
        const [verdict, known] = await together(passage.judge(tx, model, held), answer);
        isPrompt = known;
        if (!verdict.allowed) await this.#denied(tx, change, by, verdict.refusal);
        return verdict;
      },
      applied: async (tx, model, moves) => {
        if (!isPrompt) {
          for (const move of moves) await this.#moved(tx, model, change, by, move);
        }
        await this.#rolledBack(tx, change, by);
        await passage.applied(tx, model, moves);
      },
      decided: async (tx) => passage.decided?.(tx),
      refused: (refusal) => passage.refused(refusal),
    };
  }

  async #expect(
    tx: Transaction,
    model: string,
    events: readonly ExpectedEvent[],
  ): Promise<unknown> {
    return events.length === 0 ? undefined : this.#parts.events.expect?.(tx, model, events);
  }

  /** A new version is in no stage, whatever a tag says that came along. */
  #copying(passage: Passage, { tags }: Creation): Passage {
    const { mirror } = this.#parts;
    if (mirror === undefined || !tags.some(({ key }) => key === STAGE_TAG)) return passage;
    return beforeApplied(passage, async (tx, model, moves) => {
      for (const { version } of moves) await mirror.copied(tx, model, version);
    });
  }

  /** A version that is copied may bring the stage of the other along; it is set anew. */
  #asJudged(change: GovernedChange): GovernedChange {
    if (change.kind !== 'version creation' || this.#parts.mirror === undefined) return change;
    return { ...change, tags: change.tags.filter(({ key }) => key !== STAGE_TAG) };
  }

  async #moved(
    tx: Transaction,
    model: number,
    change: Promotion,
    { caller }: By,
    { kind, version, target, from = '', bySystem }: Move,
  ): Promise<void> {
    if (kind !== 'entered' || target.startsWith('alias:') || target === from) return;
    const { events, mirror } = this.#parts;
    const { name } = change;
    await mirror?.entered(tx, model, name, version, target);
    const comment = change.kind === 'alias deletion' ? '' : (change.comment ?? '');
    const moved = `Registered model '${name}' version ${version} transitioned from ${from} to ${target}`;
    await events.emit(tx, {
      kind: 'model_version.transitioned_stage',
      model: name,
      version,
      actor: caller.name,
      summary:
        bySystem === true
          ? `${moved}: it followed from another change.`
          : `${moved} by ${caller.name}.`,
      data: {
        ...{ from_stage: from, to_stage: target, by_system: bySystem === true },
        ...(comment === '' || bySystem === true ? {} : { comment }),
      },
    });
  }

  /** What was taken out is told beside what serves again. */
  async #rolledBack(tx: Transaction, change: Promotion, { caller }: By): Promise<void> {
    if (change.kind === 'alias deletion' || change.rollback === undefined) return;
    const { events } = this.#parts;
    const { name, version, rollback } = change;
    const { bad, reason } = rollback;
    const place = change.kind === 'stage' ? { stage: change.to } : { alias: change.alias };
    const about = { model: name, actor: caller.name };
    const from = bad === undefined ? '' : ` from version ${bad}`;
    await events.emit(tx, {
      ...{ ...about, kind: 'model_version.rolled_back', version },
      summary: `${caller.name} has rolled registered model '${name}' back to version ${version}${from}.`,
      data: { ...place, reason, ...(bad === undefined ? {} : { quarantined: bad }) },
    });
    if (bad === undefined) return;
    await events.emit(tx, {
      ...{ ...about, kind: 'model_version.quarantined', version: bad },
      summary: `Registered model '${name}' version ${bad} is quarantined: ${caller.name} has rolled it back.`,
      data: { reason },
    });
  }

  async #denied(tx: Transaction, change: Promotion, { caller }: By, refusal: MlflowError) {
    // Who has lost a race may win the next one: nothing was denied to him.
    if (refusal.status === 409) return;
    const { name } = change;
    const version = change.kind === 'alias deletion' ? undefined : change.version;
    const what = version === undefined ? '' : ` version ${version}`;
    const target =
      change.kind === 'stage'
        ? { to_stage: change.to }
        : { alias: change.alias, change: change.kind };
    const where = change.kind === 'stage' ? change.to : `alias '${change.alias}'`;
    await this.#parts.events.emit(tx, {
      ...{ kind: 'promotion.denied', model: name, version, actor: caller.name },
      summary: `${caller.name} was not let change ${where} of registered model '${name}'${what}.`,
      data: { ...target, reasons: reasonsOf(refusal), message: refusal.message.slice(0, 2_000) },
    });
  }
}

type Creation = Extract<GovernedChange, { kind: 'version creation' }>;
type Promotion = Extract<GovernedChange, { kind: 'stage' | 'alias' | 'alias deletion' }>;

/** What is told of a change of stage, if it comes to that. */
function movesOf(change: Promotion): ExpectedEvent[] {
  if (change.kind !== 'stage') return [];
  const stages = change.archiveExisting ? [change.to, 'Archived'] : [change.to];
  return stages.map((to_stage) => ({
    kind: 'model_version.transitioned_stage',
    data: { to_stage },
  }));
}

/** @returns the reasons of a refusal as programs know them, such as `MODEL_CARD_REQUIRED` */
function reasonsOf(refusal: MlflowError): string[] {
  const said = (refusal.details ?? []).flatMap(({ violations }) =>
    Array.isArray(violations) ? (violations as { type?: unknown }[]).map(({ type }) => type) : [],
  );
  const all = [refusal.toJSON().error_class, ...said].filter((one) => typeof one === 'string');
  return [...new Set(all)].slice(0, 20);
}
