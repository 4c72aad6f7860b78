import type { VerifiedIdentity } from '@mesh/acl-system';
import { MeshError } from '@mesh/base';
import { refused } from '../errors.ts';
import type { JsonClient } from '../json-client.ts';
import { parseCompactToken } from '../jwt/compact-token.ts';
import { type KubernetesConfig, readKubernetesConfig } from './kubernetes-config.ts';

type Json = Readonly<Record<string, unknown>>;

const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
/** `system:serviceaccount:NAMESPACE:NAME`, as clusters call service accounts. */
const USERNAME = /^system:serviceaccount:([^:]+):([^:]+)$/;
/** By this an account says which service it stands for, where that is not its name. */
const SERVICE_NAME = 'consul.hashicorp.com/service-name';

/** Verifies tokens of service accounts by asking their cluster. */
export class KubernetesMethod {
  private readonly ask: JsonClient;

  constructor(ask: JsonClient) {
    this.ask = ask;
  }

  /** Throws `invalid-argument` for a configuration by which no token could be verified. Asks nobody. */
  check(config: Json): void {
    readKubernetesConfig(config);
  }

  /**
   * Namespace, name and uid of the bearer's account. Rejects with `permission-denied`, or with `unavailable`
   * where the cluster does not answer, or not us.
   */
  async verify(given: Json, bearerToken: string): Promise<VerifiedIdentity> {
    const config = readKubernetesConfig(given);
    // What is no token at all, nobody needs to be asked about.
    parseCompactToken(bearerToken);
    const { namespace, account, uid } = await this.review(config, bearerToken);
    const name = await this.serviceName(config, namespace, account);
    return { values: { namespace, name, uid }, lists: {} };
  }

  private async review(config: KubernetesConfig, token: string) {
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token },
    };
    const answer = await this.call(config, 'POST', REVIEWS, body);
    const status = objectIn(answer, 'status');
    const error = textIn(status, 'error');
    if (error !== '') throw refused(`lookup failed: ${error}`);
    if (status['authenticated'] !== true) {
      throw refused('lookup failed: service account jwt not valid');
    }
    const user = objectIn(status, 'user');
    const [, namespace, account] = USERNAME.exec(textIn(user, 'username')) ?? [];
    if (namespace === undefined || account === undefined) {
      throw refused('lookup failed: the token is not that of a service account');
    }
    return { namespace, account, uid: textIn(user, 'uid') };
  }

  private async serviceName(
    config: KubernetesConfig,
    namespace: string,
    account: string,
  ): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/`;
    const answer = await this.call(config, 'GET', path + encodeURIComponent(account));
    const annotations = objectIn(objectIn(answer, 'metadata'), 'annotations');
    return textIn(annotations, SERVICE_NAME) || account;
  }

  private async call(
    { host, caPem, reviewer }: KubernetesConfig,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<Json> {
    const url = host + path;
    const answer = await this.ask({ method, url, caPem, bearer: reviewer, body });
    if (answer.status === 200 || answer.status === 201) return asObject(answer.body);
    const why = textIn(asObject(answer.body), 'message');
    throw new MeshError(
      'unavailable',
      `${method} ${url}: status ${answer.status}${why === '' ? '' : `, ${why}`}`,
    );
  }
}

function asObject(value: unknown): Json {
  return value !== null && typeof value === 'object' ? (value as Json) : {};
}

function objectIn(holder: Json, name: string): Json {
  return Object.hasOwn(holder, name) ? asObject(holder[name]) : {};
}

function textIn(holder: Json, name: string): string {
  const value = Object.hasOwn(holder, name) ? holder[name] : undefined;
  return typeof value === 'string' ? value : '';
}
