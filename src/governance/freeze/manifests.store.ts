import type { Reader, Transaction } from '../../platform/db/database.js';
import { isHere, named, type Workspaced } from '../../platform/db/workspace.js';
import { DELETED } from '../../registry/versions/versions.js';
import type { FileDigest } from './manifest.js';

/** A manifest as it was closed. */
export interface StoredManifest {
  readonly location: string;
  readonly rootDigest: string;
  readonly weightsDigest: string;
  readonly files: readonly FileDigest[];
  /** The text of a `model.sig` file; null where nothing is signed. */
  readonly bundle: string | null;
  readonly creationTimestamp: number;
}

/** A version whose manifest was closed. */
export interface ClosedVersion {
  readonly model: number;
  readonly name: string;
  readonly version: number;
}

type Row = Omit<StoredManifest, 'files'> & { readonly files: string };

/** SQL of the manifests of model versions. One that is closed is never changed. */
export class ManifestStore {
  readonly #database: Workspaced;

  constructor(database: Workspaced) {
    this.#database = database;
  }

  async find(reader: Reader, model: number, version: number): Promise<StoredManifest | undefined> {
    const row = await reader.first<Row>({
      sql:
        'select location, root_digest as "rootDigest", weights_digest as "weightsDigest", files, ' +
        'bundle, creation_timestamp as "creationTimestamp" from model_version_manifests ' +
        'where model = ? and version = ?',
      bindings: [model, version],
    });
    return row && { ...row, files: JSON.parse(row.files) as FileDigest[] };
  }

  /** @returns the digest of all files, or undefined when no manifest was closed */
  async digestOf(reader: Reader, model: number, version: number): Promise<string | undefined> {
    const row = await reader.first<{ digest: string }>({
      sql: 'select root_digest as digest from model_version_manifests where model = ? and version = ?',
      bindings: [model, version],
    });
    return row?.digest;
  }

  /** Stores a manifest unless there is one; of servers that do so together one wins. */
  async addFirst(
    tx: Transaction,
    model: number,
    version: number,
    manifest: StoredManifest,
  ): Promise<void> {
    const { location, rootDigest, weightsDigest, files, bundle, creationTimestamp } = manifest;
    await tx.run({
      sql:
        'insert into model_version_manifests (model, version, location, root_digest, ' +
        'weights_digest, files, bundle, creation_timestamp) values (?, ?, ?, ?, ?, ?, ?, ?) ' +
        'on conflict (model, version) do nothing',
      bindings: [
        ...[model, version, location, rootDigest, weightsDigest, JSON.stringify(files), bundle],
        creationTimestamp,
      ],
    });
  }

  /** @returns the closed versions behind one, in the order of their keys; deleted ones are left out */
  closedAfter(
    reader: Reader,
    after: Pick<ClosedVersion, 'model' | 'version'>,
    limit: number,
  ): Promise<ClosedVersion[]> {
    return reader.all<ClosedVersion>({
      sql:
        'select c.model, m.name, c.version from model_version_manifests c ' +
        'join registered_models m on m.id = c.model ' +
        'join model_versions v on v.model = c.model and v.version = c.version ' +
        `where (c.model, c.version) > (?, ?) and v.current_stage <> ? and ${isHere(this.#database, 'm')} ` +
        'order by c.model, c.version limit ?',
      bindings: [after.model, after.version, DELETED, limit],
    });
  }

  /** @returns the key of a model, if it has this version */
  async keyOf(reader: Reader, name: string, version: number): Promise<number | undefined> {
    const row = await reader.first<{ id: number }>({
      sql:
        'select m.id from registered_models m join model_versions v on v.model = m.id ' +
        `where ${named(this.#database, 'm')} = ? and v.version = ? and v.current_stage <> ?`,
      bindings: [name, version, DELETED],
    });
    return row?.id;
  }
}
