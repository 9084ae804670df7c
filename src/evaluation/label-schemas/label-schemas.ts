import { alreadyExists, invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { refuseUnstorable } from '../../platform/filter/filter.js';
import { checkCharacters } from '../characters.js';
import type { LabelInput } from './label-input.js';

/** A question that people answer about traces, as it is stored; times in ms since the epoch. */
export interface LabelSchema {
  readonly schema_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly type: LabelType;
  readonly instruction: string | null;
  readonly enable_comment: boolean;
  readonly input: LabelInput;
  readonly created_by: string | null;
  readonly created_time: number;
  readonly last_update_time: number;
  /** The one that every experiment has; nobody changes it. */
  readonly is_default: boolean;
}

export type LabelType = 'FEEDBACK' | 'EXPECTATION';

/** What an update may change; absent parts stay as they are. */
export interface LabelSchemaChange {
  readonly name?: string | undefined;
  readonly instruction?: string | undefined;
  readonly enable_comment?: boolean | undefined;
  readonly input?: LabelInput | undefined;
}

/** The question that every experiment has. */
export const DEFAULT_SCHEMA = {
  name: 'Feedback',
  type: 'FEEDBACK',
  instruction: 'Share any feedback on this trace.',
  enable_comment: false,
  input: { kind: 'text', max_length: null },
} as const;

const MAX_NAME = 250;
const MAX_INSTRUCTION = 1_000;

/** @throws MlflowError 400 for what no schema can be called */
export function checkSchemaName(name: string): void {
  if (name === '')
    throw invalidParameter("Label schema `name` must be a non-empty string; got ''.");
  checkMost(name, 'name', MAX_NAME);
  if (name.trim().toLowerCase() === DEFAULT_SCHEMA.name.toLowerCase()) {
    throw invalidParameter(
      `\`${name}\` is reserved for the experiment's default question and cannot be used for ` +
        'another label schema.',
    );
  }
}

/** @throws MlflowError 400 */
export const checkInstruction = (text: string): void =>
  checkMost(text, 'instruction', MAX_INSTRUCTION);

function checkMost(text: string, what: string, most: number): void {
  checkCharacters(text, `Label schema \`${what}\``, most);
  refuseUnstorable(text, what);
}

/** @throws MlflowError 400 for the one that says nothing */
export function checkType(type: string | undefined): LabelType {
  if (type === 'FEEDBACK' || type === 'EXPECTATION') return type;
  throw invalidParameter(
    'Label schema `type` must be one of FEEDBACK or EXPECTATION; got proto enum value 0.',
  );
}

export const noSchema = (id: string): MlflowError =>
  notFound(`Label schema with id '${id}' not found.`);

export const noSchemaNamed = (name: string, experiment: string): MlflowError =>
  notFound(`Label schema with name '${name}' not found for experiment '${experiment}'.`);

export const schemaTaken = (name: string, experiment: number): MlflowError =>
  alreadyExists(`Label schema with name '${name}' already exists for experiment '${experiment}'.`);

export const isFixed = (done: 'edited' | 'deleted'): MlflowError =>
  invalidParameter(`The experiment's default question cannot be ${done}.`);
