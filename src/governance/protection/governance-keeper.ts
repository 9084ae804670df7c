import type { AuditTrail } from '../../audit/audit-trail.js';
import { MlflowError } from '../../errors.js';
import type { Database, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { CheckNewParams, Keeper, Origin } from '../../platform/keeper.js';
import { evaluate } from '../evaluate/evaluate.js';
import type { ChangeAction, Reference } from '../evaluate/facts.js';
import { denial, type Violation } from '../evaluate/violation.js';
import type { PolicyService } from '../policy/policies.service.js';
import type { Mode } from '../policy/profile.js';
import type { OriginsInUseStore } from './origins-in-use.store.js';

export interface KeeperParts {
  readonly database: Database;
  readonly store: OriginsInUseStore;
  readonly policies: Pick<PolicyService, 'profileOf'>;
  readonly trail: Pick<AuditTrail, 'recordDecision' | 'recordDenial'>;
}

type Asked = Extract<ChangeAction, { kind: 'delete' | 'log_params' }>;

/** What the profile of one model says. */
interface Judged {
  readonly model: string;
  readonly mode: Mode;
  readonly allowed: boolean;
  readonly violations: readonly Violation[];
}

/** What was asked of the profiles of all models, and what they have said. */
interface Findings {
  readonly of: Origin;
  readonly action: Asked;
  readonly policyVersion: string;
  readonly judged: readonly Judged[];
}

/** Undoes the transaction; what it was refused for is written down after that. */
class Refusal extends Error {
  readonly refusal: MlflowError;
  readonly findings: Findings;

  constructor(refusal: MlflowError, findings: Findings) {
    super(refusal.message);
    this.refusal = refusal;
    this.findings = findings;
  }
}

/** Keeps what versions of governed models were made of, as the profiles of these models say. */
export class GovernanceKeeper implements Keeper {
  readonly #parts: KeeperParts;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  async deleting(
    what: Origin & { readonly tag?: string },
    by: By,
    work: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    const { database, store } = this.#parts;
    // Of an experiment that may be much to look through, so it is done beside the writes.
    const far = what.kind === 'experiment' ? await store.madeOf(database.scan, what) : undefined;
    const action: Asked =
      what.tag === undefined
        ? { kind: 'delete', what: what.kind, name: what.id }
        : { kind: 'delete', what: `tag of the ${what.kind}`, name: `${what.id}/${what.tag}` };
    await this.#orTold(by, () =>
      database.write(async (tx) => {
        const made = far ?? (await store.madeOf(tx, what));
        const findings = await this.#judge(tx, what, action, await store.hold(tx, made));
        await work(tx);
        await this.#observe(tx, by, findings);
      }),
    );
  }

  async logging(by: By, work: (check: CheckNewParams) => Promise<void>): Promise<void> {
    const { database, store } = this.#parts;
    let found: Findings | undefined;
    await this.#orTold(by, () =>
      work(async (tx, of, keys) => {
        if (of.kind === 'experiment') return;
        const action: Asked = { kind: 'log_params', what: of.kind, name: of.id, keys };
        const references = await store.hold(tx, await store.madeOf(tx, of));
        found = await this.#judge(tx, of, action, references);
      }),
    );
    // Not in the transaction of the params: that goes on locking, and an entry is a command's last.
    const observed = found;
    if (observed === undefined || violationsOf(observed).length === 0) return;
    await database.write((tx) => this.#observe(tx, by, observed));
  }

  /** @throws Refusal where a profile that is enforced says no */
  async #judge(
    tx: Transaction,
    of: Origin,
    action: Asked,
    references: readonly Reference[],
  ): Promise<Findings> {
    const { policies } = this.#parts;
    const judged: Judged[] = [];
    let policyVersion = '';
    for (const model of new Set(references.map((reference) => reference.model))) {
      const inForce = await policies.profileOf(model, tx);
      const own = references.filter((reference) => reference.model === model);
      const caller = { name: '', roles: [], rights: [], isAdmin: false };
      const { profile } = inForce;
      const decision = evaluate({ profile, caller, references: own }, action);
      const { allowed, violations } = decision;
      judged.push({ model, mode: profile.mode, allowed, violations });
      policyVersion = inForce.policyVersion;
    }
    const findings = { of, action, policyVersion, judged };
    const [first, ...others] = judged.flatMap((one) => (one.allowed ? [] : one.violations));
    if (first === undefined) return findings;
    throw new Refusal(refusalOf([first, ...others], action), findings);
  }

  /** Writes down what `enforce` would have denied. */
  async #observe(tx: Transaction, by: By, findings: Findings): Promise<void> {
    const would_deny = violationsOf(findings);
    if (would_deny.length === 0) return;
    const { mode } = findings.judged.find((one) => one.violations.length > 0) ?? {};
    const deed = { ...deedOf(findings), after: { mode, would_deny } };
    await this.#parts.trail.recordDecision(tx, by, deed, findings.policyVersion);
  }

  async #orTold(by: By, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { refusal, findings } = error;
      const deed = { ...deedOf(findings), after: { reasons: violationsOf(findings) } };
      const why = refusal.message.slice(0, 1_000);
      await this.#parts.trail.recordDenial(by, deed, why, findings.policyVersion);
      throw refusal;
    }
  }
}

const violationsOf = ({ judged }: Findings) =>
  judged.flatMap(({ violations }) =>
    violations.map(({ reason, message }) => ({ reason, message: message.slice(0, 1_000) })),
  );

const deedOf = ({ of: { kind, id }, action }: Findings) => ({
  action: action.kind === 'delete' ? 'governance.deletion' : 'governance.params',
  object: { kind: kind.replace(' ', '_'), id: id.slice(0, 250) },
});

function refusalOf(violations: [Violation, ...Violation[]], action: Asked): MlflowError {
  const subject = `${action.what} ${action.name.slice(0, 250)}`;
  const refused =
    action.kind === 'delete'
      ? `The ${subject} can not be deleted`
      : `The ${subject} takes no new params`;
  const { status, error_code, message, error_class, details } = denial(
    violations,
    refused,
    subject,
  );
  return new MlflowError(error_code, message, {
    ...{ status, errorClass: ['KAM00', error_class] },
    details: details.map((detail) => ({ ...detail })),
  });
}
