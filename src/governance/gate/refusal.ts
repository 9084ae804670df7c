import { MlflowError } from '../../errors.js';
import type { GovernedChange } from '../../registry/promotion-gate.js';
import { denial, type Violation } from '../evaluate/violation.js';

/** A change, or that one is undone. */
type Refusable = GovernedChange | { readonly kind: 'rollback'; readonly name: string };

/** @returns what a client is told: the status and code of the gravest violation, and all of them */
export function refusalOf(violations: readonly Violation[], change: Refusable): MlflowError {
  const [first, ...others] = violations;
  if (first === undefined) throw new Error('A refusal has a violation');
  return refusal([first, ...others], ...saidOf(change));
}

/** @returns what is told of a stage that isn't there */
export const stageRefusal = (violation: Violation, name: string, typed: string): MlflowError =>
  refusal(
    [violation],
    `No version of models:/${name} can enter ${typed.slice(0, 100)}`,
    `models:/${name}`,
  );

/** @returns a denial as clients get it: the body of all of them has this form */
export function refusal(
  violations: readonly [Violation, ...Violation[]],
  refused: string,
  subject: string,
): MlflowError {
  const { status, error_code, message, error_class, details } = denial(
    violations,
    refused,
    subject,
  );
  return new MlflowError(error_code, message, {
    status,
    errorClass: ['KAM00', error_class],
    details: details.map((detail) => ({ ...detail })),
  });
}

function saidOf(change: Refusable): readonly [refused: string, subject: string] {
  const model = `models:/${change.name}`;
  switch (change.kind) {
    case 'stage':
      return [
        `${model}/${change.version} can not enter ${change.to}`,
        `${model}/${change.version}`,
      ];
    case 'alias':
      return [
        `The alias ${change.alias} can not name ${model}/${change.version}`,
        `${model}/${change.version}`,
      ];
    case 'alias deletion':
      return [`The alias ${change.alias} of ${model} can not be deleted`, model];
    case 'version deletion':
      return [`${model}/${change.version} can not be deleted`, `${model}/${change.version}`];
    case 'model deletion':
      return [`${model} can not be deleted`, model];
    case 'rollback':
      return [`${model} can not be rolled back`, model];
    case 'model renaming':
      return [`${model} can not be renamed`, model];
    case 'version creation':
      return [`A version of ${model} can not be made`, model];
    default:
      return [`The tag ${change.key} of ${model} can not be changed`, model];
  }
}
