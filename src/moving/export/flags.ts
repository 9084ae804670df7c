import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type DatabaseLocation,
  describeLocation,
  parseDatabaseUri,
} from '../../platform/db/uri.js';

export interface ExportFlags {
  readonly to: string;
  readonly from?: string | undefined;
  readonly artifacts?: string | undefined;
  readonly artifactsTo?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface ExportPlan {
  readonly target: DatabaseLocation;
  /** The folder to copy to, if artifacts are to be copied. */
  readonly artifacts: string | undefined;
  readonly isDry: boolean;
}

/**
 * @returns where to write
 * @throws Error with one sentence when that is no database that can be written, or there already
 */
export function checkExportFlags(flags: Omit<ExportFlags, 'from'>): ExportPlan {
  const { to, artifacts = 'keep', artifactsTo, dryRun: isDry = false } = flags;
  const location = parseDatabaseUri(to);
  const target =
    location.kind === 'sqlite' ? { ...location, file: resolve(location.file) } : location;
  if (target.kind === 'sqlite' && existsSync(target.file)) {
    throw new Error(
      `There is a file ${describeLocation(target)} already; an export never adds to what is ` +
        'there: name a new file, or remove this one',
    );
  }
  if (artifacts !== 'copy' && artifacts !== 'keep') {
    throw new Error(`--artifacts is 'copy' or 'keep', not '${artifacts}'`);
  }
  if (artifacts === 'keep') return { target, artifacts: undefined, isDry };
  const beside = target.kind === 'sqlite' ? join(dirname(target.file), 'mlartifacts') : undefined;
  const folder = artifactsTo ?? beside;
  if (folder === undefined) {
    throw new Error(
      'Name the folder to copy artifacts to with --artifacts-to; it is the ' +
        '--artifacts-destination of the other server',
    );
  }
  return { target, artifacts: resolve(folder), isDry };
}
