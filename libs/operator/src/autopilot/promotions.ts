import type { ClusterHealth, ServerCondition } from './health.ts';
import type { AutopilotLimits } from './types.ts';

/**
 * Servers without a vote that have been healthy for long enough to get one. No regard to odd numbers:
 * a dead voter is taken out only after its replacement has its vote, so waiting could last for ever.
 */
export function duePromotions(
  health: ClusterHealth,
  limits: AutopilotLimits,
  nowMs: number,
): readonly ServerCondition[] {
  return health.servers.filter(
    ({ isVoter, isHealthy, member, stableSinceMs }) =>
      !isVoter &&
      isHealthy &&
      member?.nonVoter !== true &&
      nowMs - stableSinceMs >= limits.serverStabilizationMs,
  );
}
