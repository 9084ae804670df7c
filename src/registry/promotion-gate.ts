import type { MlflowError } from '../errors.js';
import type { Transaction } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import { together } from '../platform/together.js';
import type { Tag } from './tags.js';
import type { ModelVersion, Stage } from './versions/versions.js';

/** What serves is taken out, and something that served before comes back. */
export interface Rollback {
  readonly reason: string;
  /** The version that is taken out; undefined where nothing serves any more. */
  readonly bad: number | undefined;
}

/** A change of who serves, or of what a version that serves needs: all that may be governed. */
export type GovernedChange =
  | {
      readonly kind: 'stage';
      readonly name: string;
      readonly version: number;
      readonly to: Stage;
      /** The other versions in the stage leave it in the same transaction. */
      readonly archiveExisting: boolean;
      /** The caller approves this request; without the others that it takes, nothing moves yet. */
      readonly request?: string | undefined;
      readonly comment?: string | undefined;
      readonly rollback?: Rollback | undefined;
    }
  | {
      readonly kind: 'alias';
      readonly name: string;
      readonly version: number;
      readonly alias: string;
      readonly request?: string | undefined;
      readonly comment?: string | undefined;
      readonly rollback?: Rollback | undefined;
    }
  | { readonly kind: 'alias deletion'; readonly name: string; readonly alias: string }
  | { readonly kind: 'version deletion'; readonly name: string; readonly version: number }
  | { readonly kind: 'model deletion'; readonly name: string }
  | { readonly kind: 'model renaming'; readonly name: string; readonly newName: string }
  | { readonly kind: 'tag setting' | 'tag deletion'; readonly name: string; readonly key: string }
  /** Tags that a version is made with, and perhaps was copied with. */
  | {
      readonly kind: 'version creation';
      readonly name: string;
      readonly tags: readonly Tag[];
      readonly source: string;
      readonly runId: string | undefined;
      readonly modelId: string | undefined;
      readonly description: string;
    };

/** What has to be changed with it. */
export interface FollowUps {
  /** Aliases that go with the stage. */
  readonly moveAliases: readonly { readonly alias: string; readonly version: number }[];
  /** A version that serves again, now that this one does not. */
  readonly promote?: { readonly version: number; readonly stage: Stage } | undefined;
}

export type Verdict =
  | {
      readonly allowed: true;
      /** False for an approval that was taken, and is not the last. */
      readonly applies: boolean;
      readonly also?: FollowUps;
    }
  | { readonly allowed: false; readonly refusal: MlflowError };

/** Somewhere that versions have come to or gone from: a stage, or an alias. */
export interface Move {
  readonly version: number;
  /** `alias:` and an alias, or a stage. */
  readonly target: string;
  readonly kind: 'entered' | 'replaced' | 'left';
  /** Where it was before it entered, where that is a stage. */
  readonly from?: string;
  /** Nobody asked for it: it followed from something else. */
  readonly bySystem?: boolean;
  /** Of a version that was just made: what it is made of. */
  readonly made?: MadeOf;
}

/** A new version as its row says it. */
export interface MadeOf {
  readonly source: string;
  /** Where its files lie. */
  readonly location: string;
  readonly runId: string;
  readonly description: string;
  readonly createdAt: number;
}

/** One change on its way through the gate. */
export interface Passage {
  /**
   * Asks for what it will need whatever is found under the lock. To be called right behind the
   * question for the lock, so that both leave together and all answers are from under it.
   */
  begin?(tx: Transaction): Promise<unknown>;
  /**
   * Judges inside the transaction, under the lock of the model's row. What is to be stored with a
   * refusal (a request, an approval) has been written when it answers, so a transaction that ends
   * with a refusal is committed nevertheless.
   *
   * @param model the key of the row that is locked
   * @param held the version that is to be moved, as it stands under the lock
   */
  judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict>;
  /** Is told what was changed, in the same transaction and at its end. */
  applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void>;
  /**
   * Writes down why it was let through, when all else of the transaction is stored: whoever writes
   * that down holds the end of the audit log to the commit.
   */
  decided?(tx: Transaction): Promise<void>;
  /** Is told that the transaction of a refusal has ended. */
  refused(refusal: MlflowError): Promise<void>;
}

/** The one place that every governed change passes. */
export interface PromotionGate {
  /** Gathers what the judgement takes time for, before the transaction. */
  open(change: GovernedChange, by: By): Promise<Passage>;
  /** @returns the stages of a model beside MLflow's four */
  customStages(name: string): Promise<readonly Stage[]>;
  /** @returns what is answered to a stage that isn't there, instead of what MLflow answers */
  unknownStage(name: string, typed: string, plain: MlflowError): Promise<MlflowError>;
}

/** A gate behind another one: it sees each change on its way, and asks the other all the rest. */
export abstract class GateAround implements PromotionGate {
  protected readonly inner: PromotionGate;

  constructor(inner: PromotionGate) {
    this.inner = inner;
  }

  abstract open(change: GovernedChange, by: By): Promise<Passage>;

  customStages(name: string): Promise<readonly Stage[]> {
    return this.inner.customStages(name);
  }

  unknownStage(name: string, typed: string, plain: MlflowError): Promise<MlflowError> {
    return this.inner.unknownStage(name, typed, plain);
  }
}

const NOTHING: Promise<void> = Promise.resolve();

/**
 * A passage behind another one, to which it hands on all that it is told. A class, since an object
 * that begins with a spread of another takes several times as long to make.
 */
class PassageAround implements Passage {
  protected readonly inner: Passage;

  constructor(inner: Passage) {
    this.inner = inner;
  }

  begin(tx: Transaction): Promise<unknown> {
    return this.inner.begin?.(tx) ?? NOTHING;
  }

  judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict> {
    return this.inner.judge(tx, model, held);
  }

  applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    return this.inner.applied(tx, model, moves);
  }

  decided(tx: Transaction): Promise<void> {
    return this.inner.decided?.(tx) ?? NOTHING;
  }

  refused(refusal: MlflowError): Promise<void> {
    return this.inner.refused(refusal);
  }
}

/** Does something of its own before the other is told what was changed, or when it was told. */
class AppliedAround extends PassageAround {
  readonly #before: Passage['applied'] | undefined;
  readonly #after: Passage['applied'] | undefined;

  constructor(inner: Passage, before?: Passage['applied'], after?: Passage['applied']) {
    super(inner);
    this.#before = before;
    this.#after = after;
  }

  override async applied(tx: Transaction, model: number, moves: readonly Move[]): Promise<void> {
    await this.#before?.(tx, model, moves);
    await super.applied(tx, model, moves);
    await this.#after?.(tx, model, moves);
  }
}

class BesideBegin extends PassageAround {
  readonly #beside: (tx: Transaction) => Promise<unknown>;

  constructor(inner: Passage, beside: (tx: Transaction) => Promise<unknown>) {
    super(inner);
    this.#beside = beside;
  }

  override begin(tx: Transaction): Promise<unknown> {
    return together(super.begin(tx), this.#beside(tx));
  }
}

class BesideJudge extends PassageAround {
  readonly #beside: (tx: Transaction, model: number) => Promise<unknown>;

  constructor(inner: Passage, beside: (tx: Transaction, model: number) => Promise<unknown>) {
    super(inner);
    this.#beside = beside;
  }

  override async judge(tx: Transaction, model: number, held?: ModelVersion): Promise<Verdict> {
    const [verdict] = await together(super.judge(tx, model, held), this.#beside(tx, model));
    return verdict;
  }
}

/** @returns a passage that does something of its own before the other is told what was changed */
export const beforeApplied = (passage: Passage, before: Passage['applied']): Passage =>
  new AppliedAround(passage, before);

/** @returns a passage that does something of its own when the other was told what was changed */
export const afterApplied = (passage: Passage, after: Passage['applied']): Passage =>
  new AppliedAround(passage, undefined, after);

/** @returns a passage that asks for something of its own beside what the other asks for */
export const besideBegin = (
  passage: Passage,
  beside: (tx: Transaction) => Promise<unknown>,
): Passage => new BesideBegin(passage, beside);

/** @returns a passage that reads something of its own under the lock while the other judges */
export const besideJudge = (
  passage: Passage,
  beside: (tx: Transaction, model: number) => Promise<unknown>,
): Passage => new BesideJudge(passage, beside);

/** Lets a change through, as MLflow does. */
export const openPassage: Passage = {
  judge: async () => ({ allowed: true, applies: true }),
  applied: async () => undefined,
  refused: async () => undefined,
};

/** Lets everything pass, as MLflow does. */
export const openGate: PromotionGate = {
  open: async () => openPassage,
  customStages: async () => [],
  unknownStage: async (_name, _typed, plain) => plain,
};

/**
 * Thrown inside of the transaction by a passage that was opened by what this server remembers, when
 * something else holds: nothing is stored, and the command begins anew.
 */
export class Outdated extends Error {}

const OPENINGS = 5;

/** Runs a command, from the opening of the gate on, until what it was opened by holds. */
export async function untilCurrent<Result>(command: () => Promise<Result>): Promise<Result> {
  for (let opening = 1; ; opening += 1) {
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof Outdated) || opening >= OPENINGS) throw error;
    }
  }
}

/** What a command answers that was refused after its transaction was stored. */
export class Refused {
  readonly refusal: MlflowError;

  constructor(refusal: MlflowError) {
    this.refusal = refusal;
  }
}

/** @throws MlflowError where the transaction ended with a refusal, once that is written down */
export async function unlessRefused<Result>(
  passage: Passage,
  result: Result | Refused,
): Promise<Result> {
  if (!(result instanceof Refused)) return result;
  await passage.refused(result.refusal);
  throw result.refusal;
}
