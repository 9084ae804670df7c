import type { Tag } from '../tags.js';
import type { ModelVersion } from './versions.js';

/** A version as it is selected: lists are JSON text. */
export type VersionRow = Omit<ModelVersion, 'tags' | 'aliases'> & {
  readonly tags: string;
  readonly aliases: string;
};

/** Names each member: a row of a search has columns beyond those of a version. */
export const toVersionAlone = (
  row: Omit<VersionRow, 'aliases'>,
): Omit<ModelVersion, 'aliases'> => ({
  name: row.name,
  version: row.version,
  creation_timestamp: row.creation_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
  current_stage: row.current_stage,
  description: row.description,
  source: row.source,
  run_id: row.run_id,
  run_link: row.run_link,
  status: row.status,
  status_message: row.status_message,
  tags: JSON.parse(row.tags) as Tag[],
});

/** @returns a version with its aliases */
export const toVersion = (row: VersionRow): ModelVersion => ({
  ...toVersionAlone(row),
  aliases: (JSON.parse(row.aliases) as { alias: string }[]).map(({ alias }) => alias),
});
