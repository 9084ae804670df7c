import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { parseModelUri } from '../../registry/versions/source-uris.js';
import type { VersionStore } from '../../registry/versions/versions.store.js';
import { isReservedTag } from '../evaluate/changes.js';
import type { Profiles } from './version-facts.js';

export interface CopyingParts {
  readonly database: Database;
  readonly versions: Pick<VersionStore, 'find'>;
  readonly profiles: Profiles;
}

/** Says of another version what it counts from; a copy counts from what its own model has. */
const BASE_TAG = 'semver.base';

/** @returns whether a source is a version, and not files that are to become one */
export function isCopy(source: string): boolean {
  const uri = source.startsWith('models:/') ? parseModelUri(source) : undefined;
  return uri !== undefined && uri.kind !== 'logged model';
}

const isOfOneVersion = (key: string): boolean => isReservedTag(key) || key === BASE_TAG;

/**
 * Clients copy a version by making another one with all of its tags. What the server had written
 * of the one is not true of the other, and nobody may bring it along: it is left out, and the
 * server numbers and marks the copy itself.
 */
export function copyingOperations(
  plain: OperationTable<'createModelVersion'>,
  { database, versions, profiles }: CopyingParts,
): OperationTable<'createModelVersion'> {
  const { createModelVersion } = plain;

  /** @returns the tags of the version that a source names, as far as the server has written them */
  const writtenOf = async (source: string): Promise<ReadonlyMap<string, string>> => {
    const uri = source.startsWith('models:/') ? parseModelUri(source) : undefined;
    // Clients name what they copy by its number.
    if (uri?.kind !== 'version' || !/^\d{1,9}$/.test(uri.suffix)) return new Map();
    const found = await versions.find(database.read, uri.name, Number(uri.suffix));
    const tags = found?.tags.filter(({ key }) => isOfOneVersion(key)) ?? [];
    return new Map(tags.map(({ key, value }) => [key, value]));
  };

  return {
    createModelVersion: {
      ...createModelVersion,
      handler: async (input, call) => {
        const { name, source, tags = [] } = input;
        const brought = tags.filter(({ key }) => key !== undefined && isOfOneVersion(key));
        if (brought.length === 0) return createModelVersion.handler(input, call);
        const { mode } = await profiles.profileOf(database.read, name);
        if (mode === 'compat') return createModelVersion.handler(input, call);
        const written = await writtenOf(source);
        const own = tags.filter(({ key, value }) => written.get(key ?? '') !== value);
        return createModelVersion.handler({ ...input, tags: own }, call);
      },
    },
  };
}
