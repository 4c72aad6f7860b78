import { assert } from '@mesh/base';

/** Servers that make a majority of `voters`. */
export function majority(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** The highest value that a majority has reached: each voter's value in any order. */
export function majorityValue(values: readonly number[]): number {
  assert(values.length > 0, 'a majority of nobody');
  const descending = [...values].sort((a, b) => b - a);
  return descending[majority(values.length) - 1]!;
}
