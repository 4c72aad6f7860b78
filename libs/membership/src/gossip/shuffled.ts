import type { Random } from '@mesh/base';

/** The same in another order, each order equally likely (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Pick<Random, 'float'>): T[] {
  const out = [...items];
  for (let at = out.length - 1; at > 0; at--) {
    const other = Math.floor(random.float() * (at + 1));
    [out[at], out[other]] = [out[other]!, out[at]!];
  }
  return out;
}
