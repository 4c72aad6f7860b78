import { createSecureContext } from 'node:tls';
import { generate } from 'selfsigned';
import type { IncomingTls, OutgoingTls } from '../index.ts';

/** A CA for tests; PEM. */
export interface TestAuthority {
  readonly cert: string;
  readonly private: string;
}

/** A certificate with its key, and the authority that its owner trusts; PEM. */
export interface TestKeys {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export async function createAuthority(name: string): Promise<TestAuthority> {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
}

/** Keys of an agent, signed by `ca`, whom it trusts as well. */
export async function keysFrom(ca: TestAuthority, name = 'server.dc1.consul'): Promise<TestKeys> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return { ca: ca.cert, cert: made.cert, key: made.private };
}

/** A port with these keys. @param more `verify` is on where it does not say otherwise */
export function incoming(keys: TestKeys, more: Partial<IncomingTls> = {}): IncomingTls {
  return { verify: true, context: () => keys, ...more };
}

/** A client with these keys. @param name that the server's certificate must carry; undefined for any */
export function outgoing(keys: TestKeys, name?: string): OutgoingTls {
  const context = createSecureContext({ ...keys });
  return {
    verifyName: name !== undefined,
    context: () => context,
    nameOf: () => name ?? 'agent.test',
  };
}
