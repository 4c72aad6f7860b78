import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { MeshError } from '@mesh/base';
import type { TlsConfig } from '@mesh/config';
import { opensslSuites } from './cipher-suites.ts';
import { readKeyPair } from './key-pair.ts';
import { readAuthorities } from './pem-files.ts';

/** Files and rules of the configuration, read and checked: what connections of TLS are made with. */
export interface TlsMaterial {
  /** Whether this agent has a certificate. */
  readonly hasPair: boolean;
  /** Whether there are authorities that others' certificates must come from. */
  readonly hasAuthorities: boolean;
  /** For both sides of a connection. */
  readonly options: SecureContextOptions;
  /** Made of them; undefined where the configuration names no file. */
  readonly context: SecureContext | undefined;
}

const VERSIONS = { tls10: 'TLSv1', tls11: 'TLSv1.1', tls12: 'TLSv1.2' } as const;

/**
 * TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL 3 does only at its lowest level of security:
 * whoever asks for them by tls_min_version gets them.
 */
const OLD_SIGNATURES = '@SECLEVEL=0';

/**
 * Reads the files that a configuration names.
 *
 * @throws MeshError `invalid-argument` naming key and file
 */
export function readMaterial(config: TlsConfig): TlsMaterial {
  const { minVersion, preferServerCipherSuites: honorCipherOrder } = config;
  const suites = opensslSuites(config.cipherSuites);
  const ca = readAuthorities(config.caFile, config.caPath);
  const pair = readKeyPair(config.certFile, config.keyFile);
  const isOld = minVersion !== 'tls12';
  const ciphers = isOld ? `${suites || 'DEFAULT'}:${OLD_SIGNATURES}` : suites;
  const options: SecureContextOptions = {
    minVersion: VERSIONS[minVersion],
    honorCipherOrder,
    ...(ciphers !== '' && { ciphers }),
    ...(ca !== undefined && { ca }),
    ...pair,
  };
  const hasFiles = ca !== undefined || pair !== undefined;
  return {
    hasPair: pair !== undefined,
    hasAuthorities: ca !== undefined,
    options,
    // Without authorities of its own a context holds those of the system: a megabyte nobody needs.
    context: hasFiles ? contextOf(options, config) : undefined,
  };
}

function contextOf(options: SecureContextOptions, { certFile, caFile, caPath }: TlsConfig) {
  try {
    return createSecureContext(options);
  } catch (cause) {
    // OpenSSL has demands of its own: a key of enough bits, a signature that is no longer weak.
    const files = [certFile, caFile || caPath].filter((name) => name !== '').join(', ');
    const why = cause instanceof Error ? cause.message : String(cause);
    const text = `cert_file, ca_file: the certificates in ${files} cannot be used: ${why}`;
    throw new MeshError('invalid-argument', text, { cause });
  }
}
