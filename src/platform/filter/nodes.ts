import type { Token } from './tokenize.js';

/** What stands on a side of a comparison. `text` is as written, spaces and quotes included. */
export interface Operand {
  readonly kind:
    | 'identifier'
    | 'string'
    | 'integer'
    | 'float'
    | 'hexadecimal'
    | 'placeholder'
    | 'null'
    | 'list'
    | 'call'
    | 'calculation';
  readonly text: string;
}

/** `left operator right`, or `left IS [NOT] NULL` without a right side. */
export interface RawComparison {
  readonly kind: 'clause';
  readonly left: Operand;
  readonly operator: string;
  readonly right: Operand | undefined;
  /** How many parts were found; comments that stand in between are parts too. */
  readonly parts: number;
  readonly text: string;
}

/** A comma-separated run of anything, which no filter may hold outside parentheses. */
export interface Series {
  readonly kind: 'series';
  readonly text: string;
}

/** A stretch of the filter, with the tokens from `from` up to `to`. */
export interface Node {
  readonly content: Operand | RawComparison | Series | Token;
  readonly from: number;
  readonly to: number;
}
