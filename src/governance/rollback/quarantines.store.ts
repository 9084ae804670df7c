import type { Reader, Transaction } from '../../platform/db/database.js';

export const STATUS_TAG = 'gov.status';
export const QUARANTINED = 'quarantined';

/** That a version was taken out, and may not come back without a new approval. */
export interface Quarantine {
  readonly since: number;
  readonly by: string;
  readonly reason: string;
}

/** SQL of versions that were taken out. */
export class QuarantineStore {
  async find(reader: Reader, model: number, version: number): Promise<Quarantine | undefined> {
    return reader.first<Quarantine>({
      sql:
        'select since, quarantined_by as "by", reason from version_quarantines ' +
        'where model = ? and version = ? and lifted_time is null',
      bindings: [model, version],
    });
  }

  /** Takes a version out, and shows it as a tag; one that is out stays as it is. */
  async add(
    tx: Transaction,
    model: number,
    version: number,
    { since, by, reason }: Quarantine,
  ): Promise<void> {
    await tx.send({
      sql:
        'insert into version_quarantines (model, version, since, quarantined_by, reason) ' +
        'values (?, ?, ?, ?, ?) on conflict do nothing',
      bindings: [model, version, since, by, reason],
    });
    await tx.send({
      sql:
        'insert into model_version_tags (model, version, key, value) values (?, ?, ?, ?) ' +
        'on conflict (model, version, key) do update set value = excluded.value',
      bindings: [model, version, STATUS_TAG, QUARANTINED],
    });
  }

  /** Lets a version back in. @returns whether it was out */
  async lift(
    tx: Transaction,
    model: number,
    version: number,
    by: string,
    now: number,
  ): Promise<boolean> {
    const lifted = await tx.run({
      sql:
        'update version_quarantines set lifted_time = ?, lifted_by = ? ' +
        'where model = ? and version = ? and lifted_time is null',
      bindings: [now, by, model, version],
    });
    if (lifted === 0) return false;
    await tx.send({
      sql: 'delete from model_version_tags where model = ? and version = ? and key = ? and value = ?',
      bindings: [model, version, STATUS_TAG, QUARANTINED],
    });
    return true;
  }
}
