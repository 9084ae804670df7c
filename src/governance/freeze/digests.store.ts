import type { Reader, Transaction } from '../../platform/db/database.js';
import { boundsBelow } from './places.js';
import type { KnownDigest } from './survey.js';

export interface UploadedDigest extends KnownDigest {
  readonly size: number;
}

/** SQL of the digests of uploaded files. */
export class DigestStore {
  async record(tx: Transaction, place: string, file: UploadedDigest, now: number): Promise<void> {
    await tx.run({
      sql:
        'insert into artifact_digests (place, size, sha256, file_version, recorded_time) ' +
        'values (?, ?, ?, ?, ?) on conflict (place) do update set size = excluded.size, ' +
        'sha256 = excluded.sha256, file_version = excluded.file_version, ' +
        'recorded_time = excluded.recorded_time',
      bindings: [place, file.size, file.sha256, file.version, now],
    });
  }

  /** Forgets a file, or all files in a folder. */
  async forget(tx: Transaction, place: string): Promise<void> {
    await tx.run({
      sql: 'delete from artifact_digests where place = ? or (place >= ? and place < ?)',
      bindings: [place, ...boundsBelow(place)],
    });
  }

  /** @returns what is known of the files in a folder, by their paths from it on */
  async below(reader: Reader, place: string): Promise<Map<string, KnownDigest>> {
    const rows = await reader.all<KnownDigest & { readonly place: string }>({
      sql:
        'select place, sha256, file_version as version from artifact_digests ' +
        'where place >= ? and place < ?',
      bindings: [...boundsBelow(place)],
    });
    return new Map(rows.map((row) => [row.place.slice(place.length + 1), row]));
  }
}
