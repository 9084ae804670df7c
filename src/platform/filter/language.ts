import type { Operand } from './nodes.js';

/** A comparison whose field, operator and value have been found to fit together. */
export interface Comparison {
  /** `attribute`, `metric`, `parameter`, `tag`, `dataset`, ... */
  readonly entity: string;
  /** An attribute under its own name (not an alias), or a key of any kind. */
  readonly key: string;
  readonly operator: Operator;
  readonly value: Value;
}

export type Operator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'RLIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

/** `null` goes with `IS [NOT] NULL`, a list with `[NOT] IN`; integers are bigint. */
export type Value = string | number | bigint | readonly string[] | readonly bigint[] | null;

/** A name as the filter has it. */
export interface Field {
  readonly entity: string;
  readonly key: string;
}

/** How a value is read: `read` by its looks, `settle` once the operator is known to fit. */
export interface ValueType {
  read(operand: Operand, field: Field, rules: FieldRules, operator: string): Value;
  settle?(value: Value, field: Field): Value;
}

/** What may be done with a field, and the words for refusing the rest. */
export interface FieldRules {
  readonly value: ValueType;
  readonly operators: readonly Operator[];
  /** Says what kind of value is expected instead of `found`. */
  readonly expected: (found: string, field: Field) => string;
  readonly badOperator: (operator: string, field: Field) => string;
  /** Set on fields of text: whether lists are taken, or the words for refusing one. */
  readonly lists?: true | string;
}

/** What a key stands for, perhaps in another entity than it was written with. */
export interface Meaning {
  readonly entity: string;
  readonly name: string;
  readonly rules: FieldRules;
}

/**
 * The keys of an entity: any at all, a fixed set of names, each perhaps an alias of another, or
 * what a function makes of them (and throws {@link MlflowError} for what it can't).
 */
export type Keys =
  | { readonly any: FieldRules }
  | { readonly meaning: (key: string) => Meaning }
  | {
      readonly known: ReadonlyMap<string, { readonly name: string; readonly rules: FieldRules }>;
      readonly unknown: (key: string) => string;
    };

/** How names are written: the one thing besides wording in which MLflow's searches differ. */
export interface Naming {
  /** Splits `tags.a` into entity and key. @throws {MlflowError} for an unknown prefix */
  readonly split: (text: string) => Field;
  /** Takes the quotes from a key. */
  readonly unquote: (key: string) => string;
  /** Attributes are looked up by what they look like, quotes and all. */
  readonly quotedAttributes: 'looked up' | 'refused';
}

/** Everything that the text of a filter is held against. */
export interface Language {
  readonly naming: Naming;
  readonly keys: ReadonlyMap<string, Keys>;
  /** Names of fields that are words of SQL elsewhere. */
  readonly names?: ReadonlySet<string>;
  /** `like` means `LIKE`. */
  readonly foldsOperators: boolean;
  /** Operators are looked at after all values, or comparison by comparison. */
  readonly operatorsLast: boolean;
  /** The left side must be a name; else it is taken as it is written. */
  readonly strictNames: boolean;
  /** Absent where `IS NULL` is refused in the words for any operator that does not fit. */
  readonly unsupportedNull?: (field: Field) => string;
  readonly wording: {
    readonly blank: (filter: string) => string;
    readonly severalStatements: (filter: string) => string;
    readonly stray: (clauses: readonly string[], filter: string) => string;
    readonly parts: (text: string, parts: number) => string;
  };
}
