import { MlflowError } from '../../errors.js';
import type { Violation } from '../evaluate/violation.js';
import { refusal } from '../gate/refusal.js';
import type { FrozenPlace } from './frozen.store.js';
import { type Differences, isSame } from './manifest.js';

/** 403: the files of a registered version must stay as they are. */
export const artifactFrozen = (
  { name, version }: FrozenPlace,
  violations: readonly [Violation, ...Violation[]],
): MlflowError =>
  refusal(
    violations,
    `These files belong to version ${version} of the registered model '${name}', and can not be changed or deleted`,
    `models:/${name}/${version}`,
  );

const SHOWN = 20;

/** 400: the files of a version are not those that were registered. */
export function artifactTampered(
  name: string,
  version: number,
  found: Differences & { readonly problem?: string | undefined },
): MlflowError {
  const { added, removed, changed, problem } = found;
  const lines = [
    ...(problem === undefined ? [] : [problem]),
    ...(isSame(found) ? [] : [...said('changed', changed), ...said('added', added)]),
    ...said('removed', removed),
  ];
  return new MlflowError(
    'INVALID_STATE',
    [
      `The files of version ${version} of the registered model '${name}' are not those that were registered.`,
      ...lines,
      'Restore the files, or register the model as another version.',
    ].join('\n'),
    // MLflow's own status for this code is one that clients repeat for minutes.
    { status: 400, errorClass: ['KAM00', 'ARTIFACT_TAMPERED'] },
  );
}

function said(what: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '';
  return [`${what}: ${paths.slice(0, SHOWN).join(', ')}${more}`];
}
