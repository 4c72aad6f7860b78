import type { LoginVerifier } from '@mesh/acl-system';
import type { Clock } from '@mesh/base';
import { badMethod } from './errors.ts';
import { httpJsonClient, type JsonClient } from './json-client.ts';
import { JwtMethod } from './jwt/jwt-method.ts';
import { KubernetesMethod } from './kubernetes/kubernetes-method.ts';

/** Longest wait for the answer of an issuer or cluster, milliseconds: somebody waits for their login. */
const DEFAULT_TIMEOUT_MS = 10_000;

export interface VerifierOptions {
  readonly clock: Clock;
  /** Longest wait for one answer of an issuer or a cluster, milliseconds. @default 10 000 */
  readonly timeoutMs?: number;
  /** Asks issuers and clusters. @default httpJsonClient */
  readonly ask?: JsonClient;
}

/** Verifies logins of every type of auth method: jwt and kubernetes. Keeps the keys of issuers for a while. */
export function createLoginVerifier(options: VerifierOptions): LoginVerifier {
  const { clock, timeoutMs = DEFAULT_TIMEOUT_MS, ask = httpJsonClient(timeoutMs) } = options;
  const jwt = new JwtMethod({ ask, clock });
  const kubernetes = new KubernetesMethod(ask);
  const methodOf = (type: string) => {
    if (type === 'jwt') return jwt;
    if (type === 'kubernetes') return kubernetes;
    throw badMethod('Type should be one of: [jwt kubernetes]');
  };
  return {
    check: (type, config) => methodOf(type).check(config),
    verify: async ({ type, config }, bearerToken) => methodOf(type).verify(config, bearerToken),
  };
}
