import { MlflowError } from '../../errors.js';
import { parseStage, type Stage } from '../../registry/versions/versions.js';
import type { Violation } from '../evaluate/violation.js';
import type { Profile } from '../policy/profile.js';
import { stageRefusal } from './refusal.js';

/**
 * @returns the stage that a text names, of those that there are for a model
 * @throws MlflowError 400 where there is no such stage, as a denial where rules are enforced
 */
export function namedStage(profile: Profile, model: string, typed: string): Stage {
  const custom = profile.stages.map(({ name }) => name);
  try {
    return parseStage(typed, custom);
  } catch (error) {
    throw error instanceof MlflowError ? unknownStage(profile, model, typed, error) : error;
  }
}

/** @returns what is told of a stage that isn't there, instead of what MLflow says */
export function unknownStage(
  { mode }: Pick<Profile, 'mode'>,
  model: string,
  typed: string,
  plain: MlflowError,
): MlflowError {
  if (mode !== 'enforce') return plain;
  const metadata = { model, stage: typed.slice(0, 100) };
  const reason = 'UNKNOWN_STAGE';
  const violation: Violation = { reason, message: plain.message, remedy: '', metadata };
  return stageRefusal(violation, model, typed);
}
