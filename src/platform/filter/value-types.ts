import { invalidParameter } from '../../errors.js';
import type { Field, FieldRules, Value, ValueType } from './language.js';
import { readStringList } from './list-literal.js';
import type { Operand } from './nodes.js';
import { float as pythonFloat, quoted, toInteger } from './python-text.js';

const QUOTED = /^(?:'.*'|".*")$/s;

/** @returns the text between quotes, or nothing; quotes inside are left alone */
export const withoutQuotes = (text: string): string | undefined =>
  text.length >= 2 && QUOTED.test(text) ? text.slice(1, -1) : undefined;

const unexpected = (operand: Operand, field: Field, rules: FieldRules) =>
  invalidParameter(rules.expected(operand.text, field));

function readText(operand: Operand, field: Field, rules: FieldRules): string | string[] {
  switch (operand.kind) {
    case 'string':
    case 'identifier': {
      const text = withoutQuotes(operand.text);
      if (text !== undefined) return text;
      throw invalidParameter(
        'Parameter value is either not quoted or unidentified quote types used for string ' +
          `value ${operand.text}. Use either single or double quotes.`,
      );
    }
    case 'list':
      if (rules.lists === undefined) break;
      if (rules.lists !== true) throw invalidParameter(rules.lists);
      return readStringList(operand.text);
    default:
  }
  throw unexpected(operand, field, rules);
}

/** Text in single or double quotes, or a list of such where the field takes lists. */
export const text: ValueType = { read: readText };

/** A bare number, compared as a double. */
export const double: ValueType = {
  read(operand, field, rules) {
    if (operand.kind !== 'integer' && operand.kind !== 'float') {
      throw unexpected(operand, field, rules);
    }
    return Number(operand.text);
  },
};

/** A bare number, compared with an integer: a fraction or exponent stays a double. */
export const numeric: ValueType = {
  read(operand, field, rules) {
    if (operand.kind === 'integer') return BigInt(operand.text);
    if (operand.kind === 'float') return Number(operand.text);
    throw unexpected(operand, field, rules);
  },
};

const badInteger = (key: string, value: string) =>
  invalidParameter(`Invalid value for numeric attribute '${key}': ${value}`);

/** A bare number without fraction or exponent. */
export const integer: ValueType = {
  read: numeric.read,
  settle(value, { key }) {
    if (typeof value === 'number') throw badInteger(key, quoted(pythonFloat(value)));
    return value;
  },
};

/** A bare number or one in quotes, without fraction or exponent. */
export const looseInteger: ValueType = {
  read(operand, field, rules, operator) {
    if (operand.kind !== 'integer' && operand.kind !== 'float') {
      return readText(operand, field, rules);
    }
    return numeric.read(operand, field, rules, operator);
  },
  settle(value, { key }) {
    if (typeof value === 'number') throw badInteger(key, pythonFloat(value));
    if (typeof value !== 'string') return value;
    const parsed = toInteger(value);
    if (parsed === undefined) throw badInteger(key, quoted(value));
    return parsed;
  },
};

/** Text only; a number is refused by naming the fields that take one. */
export const textNotNumber = (numericFields: string): ValueType => ({
  read(operand, field, rules) {
    if (operand.kind === 'integer' || operand.kind === 'float') {
      throw invalidParameter(
        `Only the '${numericFields}' attributes support comparison with numeric values.`,
      );
    }
    return readText(operand, field, rules);
  },
});

/** The decimal id of an experiment in quotes, or a list of them. */
export const experimentId: ValueType = {
  read: readText,
  settle(value) {
    const ids = (Array.isArray(value) ? (value as string[]) : [value as string]).map((id) => {
      const parsed = toInteger(id);
      if (parsed !== undefined) return parsed;
      throw invalidParameter(
        `Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`,
      );
    });
    return Array.isArray(value) ? ids : (ids[0] as Value);
  },
};
