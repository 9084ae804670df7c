import { matchesGlob } from './glob.js';
import {
  type CustomStage,
  defaultProfile,
  type Policy,
  type Profile,
  STAGES,
  type StageKind,
} from './profile.js';

/**
 * @returns the first profile with a pattern that the model's name fits; the default where there is
 *   none
 * @param authenticated whether the server knows its users
 */
export const profileFor = (policy: Policy, model: string, authenticated: boolean): Profile =>
  policy.profiles.find(({ models }) => models.some((pattern) => matchesGlob(pattern, model))) ??
  defaultProfile(authenticated);

/** @returns the stage in its own spelling, one of the four or of the profile's; or nothing */
export function findStage(profile: Profile, text: string): string | undefined {
  const custom = profile.stages.map(({ name }) => name);
  const lower = text.toLowerCase();
  return [...STAGES, ...custom].find((stage) => stage.toLowerCase() === lower);
}

/** @returns all stages, each of the profile's behind the one of MLflow's that it is judged as */
export const stagesOf = ({ stages }: Profile): readonly CustomStage[] =>
  STAGES.flatMap((kind) => [
    { name: kind, acts_as: kind },
    ...stages.filter(({ acts_as }) => acts_as === kind),
  ]);

/** @returns which of the four a stage is judged as; a stage that nobody knows is as `None` */
export function stageKind(profile: Profile, stage: string): StageKind {
  const own = STAGES.find((known) => known === stage);
  return own ?? profile.stages.find(({ name }) => name === stage)?.acts_as ?? 'None';
}

/** @returns a text as it is read: without case, accents and other forms of the same letters */
const folded = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().toLowerCase();

/** @returns the stage that an alias stands for, if it is protected, in whatever way it is spelt */
export const stageOfAlias = (profile: Profile, alias: string): string | undefined =>
  profile.aliases.protected.find(({ pattern }) =>
    pattern.some((glob) => matchesGlob(folded(glob), folded(alias))),
  )?.as_stage;

/** Whether an alias stands for a stage that serves. */
export function aliasServes(profile: Profile, alias: string): boolean {
  const stage = stageOfAlias(profile, alias);
  return stage !== undefined && stageKind(profile, stage) === 'Production';
}

/** Whether a stage, or `alias:` and an alias, is one that serves. */
export const isServing = (profile: Profile, target: string): boolean =>
  target.startsWith('alias:')
    ? aliasServes(profile, target.slice('alias:'.length))
    : stageKind(profile, target) === 'Production';
