/** Operators by the names that error messages use. */
export type Operator =
  | 'Equal'
  | 'Not Equal'
  | 'In'
  | 'Not In'
  | 'Is Empty'
  | 'Is Not Empty'
  | 'Matches'
  | 'Not Matches';

/** One comparison. `x in S` and `S contains x` are the same thing. */
export interface Match {
  readonly kind: 'match';
  /** Parts of the selector: `Meta["odd key"]` is Meta, odd key. */
  readonly selector: readonly string[];
  readonly operator: Operator;
  /** Text of the value as written, escapes resolved; '' for the emptiness operators. */
  readonly value: string;
}

/** A parsed expression. */
export type Expression =
  | Match
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] };
