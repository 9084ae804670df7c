import { invalidParameter } from '../../errors.js';
import type { Permission } from '../permission.js';
import type { Right } from '../rights.js';

/** What the Databricks API calls permissions on a registered model, the least first. */
export const MODEL_LEVELS = [
  'CAN_READ',
  'CAN_EDIT',
  'CAN_MANAGE_STAGING_VERSIONS',
  'CAN_MANAGE_PRODUCTION_VERSIONS',
  'CAN_MANAGE',
] as const;

export type ModelLevel = (typeof MODEL_LEVELS)[number];

/** What each level lets here. */
export const LEVEL_DESCRIPTIONS: Readonly<Record<ModelLevel, string>> = {
  CAN_READ: 'Read the model and its versions, and ask for transitions',
  CAN_EDIT: 'Read, register versions, change descriptions and tags',
  CAN_MANAGE_STAGING_VERSIONS: 'Edit, and move versions between None, Staging and Archived',
  CAN_MANAGE_PRODUCTION_VERSIONS:
    'Edit, move versions into and out of Production, approve, and roll back',
  CAN_MANAGE:
    'Edit, rename, delete, and give permissions. The production versions are not in it: ' +
    'give CAN_MANAGE_PRODUCTION_VERSIONS beside it',
};

/** What somebody was given on one model, in this server's own terms. */
export interface Holding {
  /** Undefined for a right without a level, as MLflow's API may leave it. */
  readonly permission: Permission | undefined;
  readonly staging: boolean;
  readonly production: boolean;
}

type Given = Pick<Right, 'action' | 'from_stage' | 'to_stage' | 'alias_pattern'>;

const given = (action: Right['action'], more: Partial<Given> = {}): Given => ({
  ...{ action, from_stage: '*', to_stage: '*', alias_pattern: '*' },
  ...more,
});

const BEFORE_PRODUCTION = ['None', 'Staging', 'Archived'];

/** The rights that a level comes with; the model is the one it is given on. */
export const RIGHTS_OF: Readonly<Record<'staging' | 'production', readonly Given[]>> = {
  staging: BEFORE_PRODUCTION.flatMap((from_stage) =>
    BEFORE_PRODUCTION.filter((to_stage) => to_stage !== from_stage).map((to_stage) =>
      given('transition', { from_stage, to_stage }),
    ),
  ),
  production: [
    given('transition'),
    given('alias_set'),
    given('alias_delete'),
    given('approve'),
    given('rollback'),
  ],
};

/** Whether rights on a model are all that a level comes with. */
export const holdsAll = (rights: readonly Given[], level: keyof typeof RIGHTS_OF): boolean =>
  RIGHTS_OF[level].every((wanted) => rights.some((right) => isSame(right, wanted)));

const isSame = (a: Given, b: Given): boolean =>
  a.action === b.action &&
  a.from_stage === b.from_stage &&
  a.to_stage === b.to_stage &&
  a.alias_pattern === b.alias_pattern;

/** @throws MlflowError 400 for a word that names no level */
export function parseModelLevel(text: string | undefined): ModelLevel {
  const level = MODEL_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw invalidParameter(
    `permission_level must be one of ${MODEL_LEVELS.join(', ')}, not '${text ?? ''}'`,
  );
}

/** @returns what several levels for one and the same come to */
export const holdingOf = (levels: readonly ModelLevel[]): Holding => ({
  permission: levels.includes('CAN_MANAGE')
    ? 'MANAGE'
    : levels.some((level) => level !== 'CAN_READ')
      ? 'EDIT'
      : 'READ',
  staging: levels.includes('CAN_MANAGE_STAGING_VERSIONS'),
  production: levels.includes('CAN_MANAGE_PRODUCTION_VERSIONS'),
});

/** @returns a holding in the words of the API, the highest first; none for nothing that it can say */
export function levelsOf({ permission, staging, production }: Holding): ModelLevel[] {
  const high: ModelLevel[] = [
    ...(permission === 'MANAGE' ? (['CAN_MANAGE'] as const) : []),
    ...(production ? (['CAN_MANAGE_PRODUCTION_VERSIONS'] as const) : []),
    ...(staging ? (['CAN_MANAGE_STAGING_VERSIONS'] as const) : []),
  ];
  if (high.length > 0) return high;
  if (permission === 'EDIT') return ['CAN_EDIT'];
  return permission === 'READ' || permission === 'USE' ? ['CAN_READ'] : [];
}
