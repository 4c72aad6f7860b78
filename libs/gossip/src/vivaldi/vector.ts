/** Below it a distance counts as none; seconds. */
export const ZERO_THRESHOLD = 1e-6;

/** Euclidean length. */
export function magnitude(vector: readonly number[]): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

/** a - b, both of the same dimension. */
export function difference(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, axis) => value - (b[axis] ?? 0));
}

/** a + b * factor, both of the same dimension. */
export function addScaled(a: readonly number[], b: readonly number[], factor: number): number[] {
  return a.map((value, axis) => value + (b[axis] ?? 0) * factor);
}

/** A direction and how far apart the points were. */
export interface Direction {
  /** Of length 1. */
  readonly unit: readonly number[];
  /** 0 where the points were too close to tell a direction. */
  readonly distance: number;
}

/**
 * The direction from `from` to `to`. Points in the same place have none, so they get a random one: two
 * members that start at the origin must come apart. `random` gives [0, 1).
 */
export function directionTo(
  to: readonly number[],
  from: readonly number[],
  random: () => number,
): Direction {
  const delta = difference(to, from);
  const distance = magnitude(delta);
  if (distance > ZERO_THRESHOLD) return { unit: delta.map((value) => value / distance), distance };
  const drawn = delta.map(() => random() - 0.5);
  const length = magnitude(drawn);
  if (length > ZERO_THRESHOLD) {
    return { unit: drawn.map((value) => value / length), distance: 0 };
  }
  return { unit: delta.map((_, axis) => (axis === 0 ? 1 : 0)), distance: 0 };
}
