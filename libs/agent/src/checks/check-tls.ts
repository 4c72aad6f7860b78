import type { RuntimeConfig } from '@mesh/config';
import type { CheckTls } from '@mesh/health-checks';
import { readAuthorities, readKeyPair } from '@mesh/tls';

/**
 * The agent's certificate and roots for its HTTPS and gRPC checks, where
 * enable_agent_tls_for_checks asks for it; without roots those of the system count. Throws
 * `invalid-argument` for files that cannot be read.
 */
export function checkTls(tls: RuntimeConfig['tls']): CheckTls | undefined {
  if (!tls.agentTlsForChecks) return undefined;
  const ca = readAuthorities(tls.caFile, tls.caPath);
  return { ...(ca !== undefined && { ca }), ...readKeyPair(tls.certFile, tls.keyFile) };
}
