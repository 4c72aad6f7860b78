/** Whether a code point belongs to a class. */
export type CharTest = (codePoint: number) => boolean;

/** A place that an assertion wants to stand at. */
export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word' | 'not-word';

/**
 * A parsed regular expression. Capturing and greed are left out: only whether it matches is asked.
 */
export type PatternNode =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  /** All, one after another; none matches the empty text. */
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly items: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: PatternNode;
      readonly min: number;
      /** Infinity for no limit. */
      readonly max: number;
    };

/** Whether `\b` counts a code point as part of a word: ASCII letters, digits and "_". */
export function isWordChar(codePoint: number): boolean {
  return (
    (codePoint >= 0x30 && codePoint <= 0x39) ||
    (codePoint >= 0x41 && codePoint <= 0x5a) ||
    codePoint === 0x5f ||
    (codePoint >= 0x61 && codePoint <= 0x7a)
  );
}
