import type { HealthCheck, HealthStatus } from '@mesh/api-contract';
import type { Health } from '../../components/health-badge.tsx';

/** Counts of checks by what they say. Maintenance counts as critical: nobody is sent there. */
export interface HealthTally {
  readonly passing: number;
  readonly warning: number;
  readonly critical: number;
}

/** Counts checks. */
export function tallyChecks(checks: readonly Pick<HealthCheck, 'Status'>[]): HealthTally {
  const tally = { passing: 0, warning: 0, critical: 0 };
  for (const { Status } of checks) tally[healthOf(Status)]++;
  return tally;
}

/** What a check says, as a badge shows it. */
export function healthOf(status: HealthStatus): 'passing' | 'warning' | 'critical' {
  return status === 'maintenance' ? 'critical' : status;
}

/** The worst of a tally. */
export function worstOf({ passing, warning, critical }: HealthTally): Health {
  if (critical > 0) return 'critical';
  if (warning > 0) return 'warning';
  return passing > 0 ? 'passing' : 'empty';
}

const ORDER: Readonly<Record<HealthStatus, number>> = {
  maintenance: 0,
  critical: 1,
  warning: 2,
  passing: 3,
};

/** Checks with the worst first, then by name. */
export function worstFirst(checks: readonly HealthCheck[]): readonly HealthCheck[] {
  return [...checks].sort(
    (a, b) =>
      ORDER[a.Status] - ORDER[b.Status] || compare(a.Name, b.Name) || compare(a.CheckID, b.CheckID),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
