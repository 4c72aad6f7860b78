/** What the choice of a failed member to try again depends on. */
export interface ReconnectSituation {
  readonly failed: number;
  readonly alive: number;
}

/**
 * Which of the failed members to try now, as an index; undefined for none. Each member tries with the
 * probability failed / alive, so that the pool as a whole tries each failed one about once per interval,
 * however large it is. `random` gives [0, 1).
 */
export function chooseReconnect(
  { failed, alive }: ReconnectSituation,
  random: () => number,
): number | undefined {
  if (failed === 0) return undefined;
  if (random() > failed / Math.max(1, alive)) return undefined;
  return Math.min(failed - 1, Math.floor(random() * failed));
}
