import { readFileSync } from 'node:fs';
import { MeshError } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { CheckTls } from '@mesh/health-checks';

/**
 * The agent's certificate and roots for its HTTPS and gRPC checks, where
 * enable_agent_tls_for_checks asks for it. Throws `invalid-argument` for files that cannot be read.
 */
export function checkTls(tls: RuntimeConfig['tls']): CheckTls | undefined {
  if (!tls.agentTlsForChecks) return undefined;
  return {
    ...(tls.caFile !== '' && { ca: pem('ca_file', tls.caFile) }),
    ...(tls.certFile !== '' && { cert: pem('cert_file', tls.certFile) }),
    ...(tls.keyFile !== '' && { key: pem('key_file', tls.keyFile) }),
  };
}

function pem(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('invalid-argument', `${key}: cannot read ${path}: ${why}`, { cause });
  }
}
