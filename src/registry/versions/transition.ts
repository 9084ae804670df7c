import { MlflowError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { together } from '../../platform/together.js';
import type { Trail } from '../../platform/trail.js';
import type { AliasStore } from '../aliases/aliases.store.js';
import { checkModelName } from '../models/models.js';
import type { ModelStore } from '../models/models.store.js';
import {
  type FollowUps,
  type Move,
  type PromotionGate,
  Refused,
  type Rollback,
  unlessRefused,
} from '../promotion-gate.js';
import type { RegistryEvents } from '../registry-events.js';
import { changeVersion, type HeldVersion, type HoldingParts } from './held-version.js';
import {
  type ModelVersion,
  parseStage,
  parseVersion,
  requireActiveStage,
  STAGES,
  type Stage,
} from './versions.js';
import type { VersionStore } from './versions.store.js';

export interface Transition {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
  readonly archiveExisting: boolean;
  /** The caller approves this request; nothing moves before the last approval. */
  readonly request?: string;
  readonly comment?: string;
  /** The version served before, and comes back. */
  readonly rollback?: Rollback;
  /** Asked under the lock: whether what brought this about is still so. If not, nothing moves. */
  readonly onlyIf?: (tx: Transaction) => Promise<boolean>;
}

export interface TransitionParts extends HoldingParts {
  readonly models: ModelStore;
  readonly versions: VersionStore;
  readonly aliases: AliasStore;
  readonly gate: PromotionGate;
  readonly events: RegistryEvents;
  readonly trail: Trail;
  readonly now: Clock;
}

/**
 * Moves a version to a stage, if the gate lets it, and with `archiveExisting` the others out of
 * it: between commit and commit there is never more, and never less, than one.
 */
export async function transitionVersion(
  parts: TransitionParts,
  transition: Transition,
  by: By,
): Promise<ModelVersion> {
  const { gate, models, versions, now } = parts;
  const { name, archiveExisting, request, comment, rollback } = transition;
  const stage = await stageOf(gate, name, transition.stage);
  if (archiveExisting && rollback === undefined) requireActiveStage(stage, transition.stage);
  checkModelName(name);
  const number = parseVersion(name, transition.version);
  const asked = { name, version: number, to: stage, archiveExisting, request, comment, rollback };
  const passage = await gate.open({ kind: 'stage', ...asked }, by);
  const move = async (tx: Transaction, held: HeldVersion) => {
    const { model, version: current } = held;
    if ((await transition.onlyIf?.(tx)) === false) return current;
    const verdict = await passage.judge(tx, model, current);
    if (!verdict.allowed) return new Refused(verdict.refusal);
    if (!verdict.applies) return current;
    const { version, current_stage: from } = current;
    const time = now();
    const archived = archiveExisting
      ? await versions.archiveOthers(tx, model, version, stage, time)
      : [];
    const moves: Move[] = archived.flatMap((other) => [
      { version: other, target: stage, kind: 'replaced' },
      { version: other, target: 'Archived', kind: 'entered', from: stage, bySystem: true },
    ]);
    await versions.setStage(tx, model, version, stage, time);
    if (from !== stage) moves.push({ version, target: from, kind: 'left' });
    moves.push({ version, target: stage, kind: 'entered', from });
    const followed = await follow(parts, tx, held, verdict.also, time);
    moves.push(...followed);
    await models.touch(tx, model, time);
    await passage.applied(tx, model, moves);
    const record = async () => {
      await passage.decided?.(tx);
      await recordMoves(parts, tx, by, { name, version, from, stage, archived, comment, followed });
    };
    const [moved] = await together(versions.find(tx, name, version), record());
    return moved ?? current;
  };
  const result = await changeVersion(parts, name, transition.version, move, passage);
  return unlessRefused(passage, result);
}

async function stageOf(gate: PromotionGate, name: string, typed: string): Promise<Stage> {
  const own = STAGES.find((stage) => stage.toLowerCase() === typed.toLowerCase());
  if (own !== undefined) return own;
  try {
    return parseStage(typed, await gate.customStages(name));
  } catch (error) {
    throw error instanceof MlflowError ? await gate.unknownStage(name, typed, error) : error;
  }
}

/** Changes what follows from a change of stage. */
async function follow(
  { models, versions, aliases, events }: TransitionParts,
  tx: Transaction,
  { model, version: { name } }: HeldVersion,
  also: FollowUps | undefined,
  time: number,
): Promise<Move[]> {
  const moves: Move[] = [];
  for (const { alias, version } of also?.moveAliases ?? []) {
    const before = await aliases.find(tx, model, alias);
    const target = `alias:${alias}`;
    await aliases.set(tx, model, alias, version);
    await versions.markRun(tx, model, version);
    const isPrompt = () => models.saysPrompt(tx, model);
    await events.emit(tx, { kind: 'alias set', name, alias, version, isPrompt });
    if (before !== undefined) moves.push({ version: before, target, kind: 'replaced' });
    moves.push({ version, target, kind: 'entered', bySystem: true });
  }
  const back = also?.promote;
  if (back === undefined) return moves;
  const found = await versions.find(tx, name, back.version);
  if (found === undefined) return moves;
  await versions.setStage(tx, model, back.version, back.stage, time);
  const from = found.current_stage;
  moves.push({ version: back.version, target: from, kind: 'left' });
  moves.push({ ...{ version: back.version, target: back.stage, from }, ...SYSTEM });
  return moves;
}

async function recordMoves(
  { trail }: TransitionParts,
  tx: Transaction,
  by: By,
  told: {
    readonly name: string;
    readonly version: number;
    readonly from: string;
    readonly stage: string;
    readonly archived: readonly number[];
    readonly comment: string | undefined;
    readonly followed: readonly Move[];
  },
): Promise<void> {
  const { name, version, from, stage, archived, comment, followed } = told;
  for (const other of archived) {
    await trail.record(tx, by, {
      ...deed('transition', name, other),
      ...{ before: { stage }, after: { stage: 'Archived' } },
      reason: `version ${version} has taken its place`,
    });
  }
  const { action, object } = deed('transition', name, version);
  const moved = { action, object, before: { stage: from }, after: { stage } };
  const isSilent = comment === undefined || comment === '';
  await trail.record(tx, by, isSilent ? moved : { ...moved, reason: comment });
  for (const { kind, version: other, target, from: before } of followed) {
    if (kind !== 'entered') continue;
    const alias = target.startsWith('alias:') ? target.slice('alias:'.length) : undefined;
    await trail.record(tx, by, {
      ...(alias === undefined
        ? {
            ...deed('transition', name, other),
            before: { stage: before },
            after: { stage: target },
          }
        : {
            action: 'registered_model_alias.set',
            object: { kind: 'registered_model_alias', id: `${name}@${alias}` },
            after: { version: other },
          }),
      reason: `It followed from the change of version ${version}`,
    });
  }
}

/** How a move is marked that nobody asked for. */
const SYSTEM = { kind: 'entered', bySystem: true } as const;

const deed = (verb: string, name: string, version: number) => ({
  action: `model_version.${verb}`,
  object: { kind: 'model_version', id: `${name}/${version}` },
});
