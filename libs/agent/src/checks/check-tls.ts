import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { CheckTls } from '@mesh/health-checks';

/** Files of a ca_path that are read at most. */
const CA_FILES_MAX = 256;

/**
 * The agent's certificate and roots for its HTTPS and gRPC checks, where
 * enable_agent_tls_for_checks asks for it. Throws `invalid-argument` for files that cannot be read.
 */
export function checkTls(tls: RuntimeConfig['tls']): CheckTls | undefined {
  if (!tls.agentTlsForChecks) return undefined;
  const ca = roots(tls);
  return {
    ...(ca !== '' && { ca }),
    ...(tls.certFile !== '' && { cert: pem('cert_file', tls.certFile) }),
    ...(tls.keyFile !== '' && { key: pem('key_file', tls.keyFile) }),
  };
}

/** The roots of ca_file, else all in the folder ca_path; '' leaves those of the system. */
function roots({ caFile, caPath }: RuntimeConfig['tls']): string {
  if (caFile !== '') return pem('ca_file', caFile);
  if (caPath === '') return '';
  const names = reading('ca_path', caPath, () =>
    readdirSync(caPath, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name),
  );
  const files = names.sort().slice(0, CA_FILES_MAX);
  return files.map((name) => pem('ca_path', join(caPath, name))).join('\n');
}

function pem(key: string, path: string): string {
  return reading(key, path, () => readFileSync(path, 'utf8'));
}

function reading<T>(key: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('invalid-argument', `${key}: cannot read ${path}: ${why}`, { cause });
  }
}
