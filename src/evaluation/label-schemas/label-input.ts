import { invalidParameter, type MlflowError } from '../../errors.js';
import { refuseUnstorable } from '../../platform/filter/filter.js';
import { float, quoted } from '../../platform/filter/python-text.js';
import type { WireDouble } from '../../platform/http/wire-json.js';
import { checkCharacters } from '../characters.js';

/** How a question is answered. What is null has no bound. */
export type LabelInput =
  | { readonly kind: 'pass_fail'; readonly positive_label: string; readonly negative_label: string }
  | {
      readonly kind: 'categorical';
      readonly options: readonly string[];
      readonly multi_select: boolean;
    }
  | {
      readonly kind: 'numeric';
      readonly min_value: number | null;
      readonly max_value: number | null;
    }
  | { readonly kind: 'text'; readonly max_length: number | bigint | null };

export type InputKind = LabelInput['kind'];

/** An input as the wire has it: one member is there. */
export interface WireInput {
  readonly pass_fail?: { readonly positive_label?: string; readonly negative_label?: string };
  readonly categorical?: { readonly options?: readonly string[]; readonly multi_select?: boolean };
  readonly numeric?: { readonly min_value?: WireDouble; readonly max_value?: WireDouble };
  readonly text?: { readonly max_length?: number | bigint };
}

/** As MLflow calls them in messages. */
const NAMES: Readonly<Record<InputKind, string>> = {
  pass_fail: 'InputPassFail',
  categorical: 'InputCategorical',
  numeric: 'InputNumeric',
  text: 'InputText',
};

const MAX_LABEL = 64;
const MAX_OPTIONS = 10;

/** @throws MlflowError 400 unless exactly one way to answer is told, and makes sense */
export function readInput(wire: WireInput | undefined): LabelInput {
  const { pass_fail, categorical, numeric, text } = wire ?? {};
  const given = [pass_fail, categorical, numeric, text].filter((part) => part !== undefined);
  if (given.length > 1) throw notOne('more than one of them');
  if (pass_fail !== undefined) {
    const { positive_label = '', negative_label = '' } = pass_fail;
    checkLabel(positive_label, 'positive_label');
    checkLabel(negative_label, 'negative_label');
    if (positive_label === negative_label) {
      throw invalidParameter(
        '`InputPassFail.positive_label` and `negative_label` must be distinct; got ' +
          `${quoted(positive_label)} for both.`,
      );
    }
    return { kind: 'pass_fail', positive_label, negative_label };
  }
  if (categorical !== undefined) {
    const { options = [], multi_select = false } = categorical;
    checkOptions(options);
    return { kind: 'categorical', options, multi_select };
  }
  if (numeric !== undefined) {
    const [min_value, max_value] = [double(numeric.min_value), double(numeric.max_value)];
    checkBounds(min_value, max_value);
    return { kind: 'numeric', min_value, max_value };
  }
  if (text === undefined) throw notOne('an empty oneof');
  const { max_length = null } = text;
  if (max_length !== null && max_length < 1) {
    throw invalidParameter(`\`InputText.max_length\` must be at least 1; got ${max_length}.`);
  }
  return { kind: 'text', max_length };
}

const notOne = (found: string): MlflowError =>
  invalidParameter(
    'Label schema `input` must have exactly one of `pass_fail`, `categorical`, `numeric`, or ' +
      `\`text\` set; got ${found}.`,
  );

function checkLabel(label: string, what: string): void {
  const name = `\`InputPassFail.${what}\``;
  if (label === '') throw invalidParameter(`${name} must be a non-empty string; got ''.`);
  checkCharacters(label, name, MAX_LABEL);
  refuseUnstorable(label, what);
}

function checkOptions(options: readonly string[]): void {
  const name = '`InputCategorical.options`';
  if (options.length === 0) throw invalidParameter(`${name} must be a non-empty list; got [].`);
  if (options.length > MAX_OPTIONS) {
    throw invalidParameter(
      `${name} must have at most ${MAX_OPTIONS} entries; got ${options.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const option of options) {
    const count = [...option].length;
    if (count === 0) throw invalidParameter(`${name} entries must be non-empty strings; got ''.`);
    if (count > MAX_LABEL) {
      throw invalidParameter(
        `${name} entries must be at most ${MAX_LABEL} characters; got ${count} for ` +
          `${quoted(option)}.`,
      );
    }
    refuseUnstorable(option, 'options');
    if (seen.has(option)) {
      throw invalidParameter(`${name} must be deduplicated; ${quoted(option)} appears twice.`);
    }
    seen.add(option);
  }
}

function checkBounds(min: number | null, max: number | null): void {
  if (min === null || max === null || !(min >= max)) return;
  throw invalidParameter(
    '`InputNumeric.min_value` must be strictly less than `max_value`; got ' +
      `min=${float(min)}, max=${float(max)}.`,
  );
}

/** @throws MlflowError 400 when a question would be answered in another way than before */
export function checkSameKind(before: LabelInput, after: LabelInput): void {
  if (before.kind === 'categorical' && after.kind === 'categorical') {
    if (before.multi_select === after.multi_select) return;
    throw invalidParameter('`InputCategorical.multi_select` cannot be changed after creation.');
  }
  if (before.kind === after.kind) return;
  throw invalidParameter(
    "A label schema's input type cannot be changed after creation (existing: " +
      `${NAMES[before.kind]}, got: ${NAMES[after.kind]}).`,
  );
}

/** Numbers that JSON has not are texts, and integers beyond 2^53 are too. */
export const inputToJson = ({ kind: _, ...config }: LabelInput): string =>
  JSON.stringify(config, (__, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });

/** @param kind as it was stored beside the JSON */
export function inputFromJson(kind: InputKind, json: string): LabelInput {
  const config = JSON.parse(json) as Record<string, unknown>;
  switch (kind) {
    case 'numeric':
      return { kind, min_value: double(config.min_value), max_value: double(config.max_value) };
    case 'text':
      return { kind, max_length: integer(config.max_length) };
    default:
      return { kind, ...config } as LabelInput;
  }
}

const double = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
const integer = (value: unknown): number | bigint | null =>
  typeof value === 'string' ? BigInt(value) : double(value);

/** An input as answers show it; bounds that there are not are left out. */
export function inputToWire(input: LabelInput) {
  switch (input.kind) {
    case 'pass_fail': {
      const { positive_label, negative_label } = input;
      return { pass_fail: { positive_label, negative_label } };
    }
    case 'categorical':
      return { categorical: { options: [...input.options], multi_select: input.multi_select } };
    case 'numeric': {
      const { min_value, max_value } = input;
      return {
        numeric: {
          ...(min_value === null ? {} : { min_value: wireDouble(min_value) }),
          ...(max_value === null ? {} : { max_value: wireDouble(max_value) }),
        },
      };
    }
    case 'text':
      return { text: input.max_length === null ? {} : { max_length: input.max_length } };
  }
}

const wireDouble = (value: number): WireDouble =>
  Number.isFinite(value) ? value : (String(value) as WireDouble);
