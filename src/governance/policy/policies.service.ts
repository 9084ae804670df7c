import { invalidParameter } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { GovernanceConfig } from '../../platform/config/governance-config.js';
import type { Database, Reader } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import type { Trail } from '../../platform/trail.js';
import { profileFor } from './find-profile.js';
import type { PolicyStore, StoredPolicy } from './policies.store.js';
import type { Policy, Profile } from './profile.js';
import {
  exportPolicy,
  policyVersion,
  profileVersion,
  readPolicy,
  readStoredPolicy,
} from './read-policy.js';

/** What is in force now. */
export interface PolicyInForce {
  readonly policy: Policy;
  /** Of the whole policy: what the audit log names. */
  readonly version: string;
  readonly document: string;
  readonly stored: StoredPolicy | undefined;
}

/** The profile of a model, with what approvals pin of it. */
export interface ProfileInForce {
  readonly profile: Profile;
  readonly profileVersion: string;
  readonly policyVersion: string;
}

export interface PolicyServiceParts {
  readonly database: Database;
  readonly store: PolicyStore;
  readonly config: GovernanceConfig;
  readonly trail: Trail;
  readonly now: Clock;
}

const EMPTY: Policy = { profiles: [] };

/** Keeps the policy: the newest in the database, the same for all servers over it. */
export class PolicyService {
  readonly #parts: PolicyServiceParts;
  #read: PolicyInForce | undefined;
  /** One transaction is judged by one policy. */
  readonly #inTransactions = new WeakMap<Reader, Promise<PolicyInForce>>();

  constructor(parts: PolicyServiceParts) {
    this.#parts = parts;
  }

  /** @throws Error with one sentence when the policy of the settings can't be used */
  async ensureFromFile(): Promise<void> {
    const { config, database, store, now } = this.#parts;
    if (config.policy === undefined) return;
    const read = readPolicy(config.policy);
    if (!read.ok) throw new Error(`--governance-policy: ${read.problems.join(' ')}`);
    const { policy, version: digest } = read;
    await database.write(async (tx) => {
      // A policy that was put in force by the API since stays there until the file is changed.
      if ((await store.newestOfFiles(tx))?.digest === digest) return;
      const document = exportPolicy(policy);
      const by = { source: 'file', createdBy: 'server', createdAt: now() };
      await store.insert(tx, { digest, document, ...by });
    });
  }

  async current(reader: Reader = this.#parts.database.read): Promise<PolicyInForce> {
    if (!('run' in reader)) return this.#newest(reader);
    const seen = this.#inTransactions.get(reader);
    if (seen !== undefined) return seen;
    const asked = this.#newest(reader);
    this.#inTransactions.set(reader, asked);
    return asked;
  }

  async #newest(reader: Reader): Promise<PolicyInForce> {
    const { store } = this.#parts;
    const known = this.#read;
    if (known !== undefined && known.stored?.id === (await store.newestKey(reader))) return known;
    this.#read = inForce(await store.newest(reader));
    return this.#read;
  }

  /**
   * @param reader the transaction, of whoever asks in one: a second connection may be none's to have
   * @returns what holds for a model
   */
  async profileOf(model: string, reader?: Reader): Promise<ProfileInForce> {
    return this.#ruling(await this.current(reader), model);
  }

  /**
   * @param key the key of the policy in force, where the caller has just read it with something else
   * @returns as {@link profileOf}
   */
  async profileAt(model: string, key: number | undefined): Promise<ProfileInForce> {
    const known = this.#read;
    const isKnown = known !== undefined && known.stored?.id === key;
    return this.#ruling(isKnown ? known : await this.current(), model);
  }

  /**
   * @returns what held for a model when this server last looked; whoever goes by that has to look
   *   again before he changes anything
   */
  remembered(model: string): ProfileInForce | undefined {
    return this.#read && this.#ruling(this.#read, model);
  }

  #ruling({ policy, version }: PolicyInForce, model: string): ProfileInForce {
    const { mode } = this.#parts.config;
    const found = profileFor(policy, model, mode === 'enforce');
    const profile = mode === 'compat' ? inCompat(found) : found;
    return { profile, profileVersion: digestOf(profile), policyVersion: version };
  }

  /** @returns a policy as it would be in force @throws MlflowError 400 as `replace` does */
  check(text: string): PolicyInForce {
    const read = readPolicy(text);
    if (!read.ok) throw invalidParameter(read.problems.join('\n'));
    const { policy, version } = read;
    return { policy, version, document: exportPolicy(policy), stored: undefined };
  }

  /** Puts a policy in force. @throws MlflowError 400 that names all that is wrong with it */
  async replace(text: string, by: By): Promise<PolicyInForce> {
    const { database, store, trail, now } = this.#parts;
    const read = readPolicy(text);
    if (!read.ok) throw invalidParameter(read.problems.join('\n'));
    const { policy, version: digest } = read;
    await database.write(async (tx) => {
      const before = await store.newest(tx);
      if (before?.digest === digest) return;
      const document = exportPolicy(policy);
      const createdBy = by.caller.name;
      await store.insert(tx, { digest, document, source: 'api', createdBy, createdAt: now() });
      await trail.record(tx, by, {
        action: 'governance_policy.replace',
        object: { kind: 'governance_policy', id: digest },
        ...(before === undefined ? {} : { before: { version: before.digest } }),
        after: { version: digest, document },
      });
    });
    return this.current();
  }
}

/** Digests of profiles, which never change: each request asks for one more than once. */
const digests = new WeakMap<Profile, string>();

function digestOf(profile: Profile): string {
  let digest = digests.get(profile);
  if (digest === undefined) {
    digest = profileVersion(profile);
    digests.set(profile, digest);
  }
  return digest;
}

const compatible = new WeakMap<Profile, Profile>();

function inCompat(profile: Profile): Profile {
  let found = compatible.get(profile);
  if (found === undefined) {
    found = { ...profile, mode: 'compat' };
    compatible.set(profile, found);
  }
  return found;
}

function inForce(stored: StoredPolicy | undefined): PolicyInForce {
  if (stored === undefined) {
    return { policy: EMPTY, version: policyVersion(EMPTY), document: exportPolicy(EMPTY), stored };
  }
  const read = readStoredPolicy(stored.document);
  if (!read.ok) throw new Error(`Policy ${stored.digest} is stored and can't be read`);
  return { policy: read.policy, version: read.version, document: stored.document, stored };
}
