import type { Reader, Statement, Transaction } from '../../platform/db/database.js';
import { named, type Workspaced } from '../../platform/db/workspace.js';
import { DELETED } from '../../registry/versions/versions.js';
import type { VersionDescription } from '../semver/bump.js';
import type { NumberedVersion } from '../semver/plan-semver.js';
import { semverKey } from '../semver/semver-key.js';
import type { Evidence, Findings, Numbering, StoredIntegrity } from './evidence.js';
import { type EvidenceRow, parsed, toEvidence } from './evidence-row.js';

/** A version as jobs find it. */
export interface NamedVersion {
  readonly name: string;
  readonly version: number;
}

/** What was decided once, when the version was registered. */
export interface Numbered {
  readonly semver: string | undefined;
  readonly numbering: Numbering;
  readonly description: VersionDescription;
  readonly fingerprint: string;
}

export interface DescribedVersion extends NumberedVersion {
  readonly description: VersionDescription | undefined;
}

/** A version that was settled as it was made. */
export interface RegisteredEvidence {
  readonly model: number;
  readonly version: number;
  readonly registeredBy: string;
  readonly now: number;
  readonly found: Findings;
  readonly integrity: StoredIntegrity;
  readonly numbered: Numbered;
}

const lastNumberedOf = (model: string): string =>
  'select version, semver, description from version_evidence where id in (' +
  `select id from (select id from version_evidence where model = ${model} ` +
  'and semver_key is not null order by semver_key desc limit 1) highest union all ' +
  `select id from (select id from version_evidence where model = ${model} ` +
  'and semver is not null order by version desc limit 1) last) order by version';

const LAST_NUMBERED = lastNumberedOf('?');

/** SQL of what was found out about versions. */
export class EvidenceStore {
  readonly #named: string;
  readonly #lastNumberedIn: string;

  constructor(database: Workspaced) {
    this.#named = named(database, 'm');
    const model = `(select m.id from registered_models m where ${this.#named} = ?)`;
    this.#lastNumberedIn = lastNumberedOf(model);
  }

  async find(reader: Reader, model: number, version: number): Promise<Evidence | undefined> {
    const row = await reader.first<EvidenceRow>({
      sql: 'select * from version_evidence where model = ? and version = ?',
      bindings: [model, version],
    });
    return row && toEvidence(row);
  }

  async hasModel(reader: Reader, name: string): Promise<boolean> {
    const sql = `select 1 as found from registered_models m where ${this.#named} = ?`;
    return (await reader.first({ sql, bindings: [name] })) !== undefined;
  }

  /** @returns what is known of versions of a model, the newest first */
  async ofVersions(
    reader: Reader,
    name: string,
    versions: readonly number[],
  ): Promise<readonly Evidence[]> {
    if (versions.length === 0) return [];
    const rows = await reader.all<EvidenceRow>({
      sql:
        'select e.* from version_evidence e join registered_models m on m.id = e.model ' +
        'join model_versions v on v.model = e.model and v.version = e.version ' +
        `where ${this.#named} = ? and v.current_stage <> ? ` +
        `and e.version in (${versions.map(() => '?').join(', ')}) order by e.version desc`,
      bindings: [name, DELETED, ...versions],
    });
    return rows.map(toEvidence);
  }

  /** @returns the version behind a key, unless it was deleted */
  async named(reader: Reader, id: number): Promise<NamedVersion | undefined> {
    return reader.first<NamedVersion>({
      sql:
        'select m.name, e.version from version_evidence e ' +
        'join registered_models m on m.id = e.model ' +
        'join model_versions v on v.model = e.model and v.version = e.version ' +
        'where e.id = ? and v.current_stage <> ?',
      bindings: [id, DELETED],
    });
  }

  /** @returns whether a version has been looked at, and needs no second look to be numbered */
  async isNumbered(reader: Reader, name: string, version: number): Promise<boolean> {
    const row = await reader.first({
      sql:
        'select 1 as found from version_evidence e join registered_models m on m.id = e.model ' +
        `where ${this.#named} = ? and e.version = ? and e.numbering is not null`,
      bindings: [name, version],
    });
    return row !== undefined;
  }

  /** @returns the key of the row; one that is there already stays as it is */
  async open(
    tx: Transaction,
    model: number,
    version: number,
    registeredBy: string,
    now: number,
  ): Promise<number> {
    const made = await tx.first<{ id: number }>({
      sql:
        'insert into version_evidence (model, version, registered_by, creation_timestamp) ' +
        'values (?, ?, ?, ?) on conflict (model, version) do nothing returning id',
      bindings: [model, version, registeredBy, now],
    });
    if (made !== undefined) return made.id;
    const row = await tx.first<{ id: number }>(this.keyOf(model, version));
    if (row === undefined) throw new Error('The evidence of a version is gone');
    return row.id;
  }

  /** @returns what selects the key of the row as `id` */
  keyOf(model: number, version: number): Statement {
    return {
      sql: 'select id from version_evidence where model = ? and version = ?',
      bindings: [model, version],
    };
  }

  /** Stores all there is to know of a version that was just made. */
  async register(tx: Transaction, made: RegisteredEvidence): Promise<void> {
    const { model, version, registeredBy, now, found, integrity } = made;
    const { semver, numbering, description, fingerprint } = made.numbered;
    await tx.send({
      sql:
        'insert into version_evidence (model, version, registered_by, creation_timestamp, found, ' +
        'integrity, verified_time, semver, semver_key, numbering, description, fingerprint) ' +
        'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      joins: 'around',
      bindings: [
        model,
        version,
        registeredBy,
        now,
        JSON.stringify(found),
        JSON.stringify(integrity),
        now,
        semver ?? null,
        semverKey(semver) ?? null,
        JSON.stringify(numbering),
        JSON.stringify(description),
        fingerprint,
      ],
    });
  }

  /** Keeps what the last look at the files has shown. */
  async setSeen(
    tx: Transaction,
    id: number,
    found: Findings,
    integrity: StoredIntegrity,
    now: number,
  ): Promise<void> {
    await tx.send({
      sql: 'update version_evidence set found = ?, integrity = ?, verified_time = ? where id = ?',
      bindings: [JSON.stringify(found), JSON.stringify(integrity), now, id],
    });
  }

  /** Stores what the files say now; when they were compared with the manifest is another matter. */
  async setFound(tx: Transaction, id: number, found: Findings): Promise<void> {
    await tx.send({
      sql: 'update version_evidence set found = ? where id = ?',
      bindings: [JSON.stringify(found), id],
    });
  }

  async setNumber(tx: Transaction, id: number, numbered: Numbered): Promise<void> {
    const { semver, numbering, description, fingerprint } = numbered;
    await tx.send({
      sql:
        'update version_evidence set semver = ?, semver_key = ?, numbering = ?, description = ?, ' +
        'fingerprint = ? where id = ?',
      bindings: [
        ...[semver ?? null, semverKey(semver) ?? null],
        ...[JSON.stringify(numbering), JSON.stringify(description), fingerprint, id],
      ],
    });
  }

  /** A version has another number from now on. */
  async release(tx: Transaction, id: number, semver: string, numbering: Numbering): Promise<void> {
    await tx.send({
      sql: 'update version_evidence set semver = ?, semver_key = ?, numbering = ? where id = ?',
      bindings: [semver, semverKey(semver) ?? null, JSON.stringify(numbering), id],
    });
  }

  /** Tells clients how far the registration is; they ask until it is ready or has failed. */
  async setStatus(
    tx: Transaction,
    model: number,
    version: number,
    status: 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY',
    message: string | null = null,
  ): Promise<void> {
    await tx.send({
      sql: 'update model_versions set status = ?, status_message = ? where model = ? and version = ?',
      bindings: [status, message, model, version],
    });
  }

  /** Shows what the server decided as a tag; undefined takes a client's proposal away. */
  async setTag(
    tx: Transaction,
    model: number,
    version: number,
    key: string,
    value: string | undefined,
  ): Promise<void> {
    await tx.send({
      sql: 'delete from model_version_tags where model = ? and version = ? and key = ?',
      bindings: [model, version, key],
    });
    if (value === undefined) return;
    await tx.send({
      sql: 'insert into model_version_tags (model, version, key, value) values (?, ?, ?, ?)',
      bindings: [model, version, key, value],
    });
  }

  /** @returns the numbers that were given to versions of a model, those of deleted ones included */
  numbers(reader: Reader, model: number): Promise<NumberedVersion[]> {
    return reader.all<NumberedVersion>({
      sql:
        'select version, semver from version_evidence ' +
        'where model = ? and semver is not null order by version',
      bindings: [model],
    });
  }

  /** @returns the versions with the highest number and with the last one, or the one that has both */
  lastNumbered(reader: Reader, model: number): Promise<DescribedVersion[]> {
    return this.#lastOf(reader, LAST_NUMBERED, model);
  }

  /** @returns as {@link lastNumbered}, of the model of this name */
  lastNumberedIn(reader: Reader, name: string): Promise<DescribedVersion[]> {
    return this.#lastOf(reader, this.#lastNumberedIn, name);
  }

  async #lastOf(reader: Reader, sql: string, model: number | string): Promise<DescribedVersion[]> {
    const rows = await reader.all<
      Pick<EvidenceRow, 'version' | 'description'> & { semver: string }
    >({ sql, bindings: [model, model] });
    return rows.map(({ version, semver, description }) => ({
      version,
      semver,
      description: parsed(description),
    }));
  }

  /** @returns the first version of a model that has the very same files, if another one has */
  async copyOf(
    reader: Reader,
    model: number,
    version: number,
    rootDigest: string,
  ): Promise<number | undefined> {
    const row = await reader.first<{ version: number }>({
      sql:
        'select c.version from model_version_manifests c ' +
        'join version_evidence e on e.model = c.model and e.version = c.version ' +
        'where c.model = ? and c.root_digest = ? and c.version <> ? and e.semver is not null ' +
        'order by c.version limit 1',
      bindings: [model, rootDigest, version],
    });
    return row?.version;
  }
}
