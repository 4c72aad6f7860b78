import { type Authorizer, MANAGE_ALL } from '@mesh/acl';
import { invalid, MeshError } from '@mesh/base';
import { PLAIN_WRITE, type Reply, type WriteEndpoint } from '@mesh/resource';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { aclSeed, missingBuiltins } from '../bootstrap.ts';
import { aclHttpRoutes } from '../http.ts';
import type { LoginVerifier, VerifiedIdentity } from '../login-verifier.ts';
import { RulesCache, resolveSecret } from '../resolve.ts';
import { aclResource } from '../resource.ts';
import { aclNotFound } from '../tokens.ts';

const STATUS: Readonly<Partial<Record<MeshError['code'], number>>> = {
  'permission-denied': 403,
  'not-found': 404,
  conflict: 409,
};

/** The ACL system on a state store, with default policy deny; whoever asks may do what their token may. */
export class AclWorld implements LoginVerifier {
  readonly rpc: DirectRpc;
  /** Who bearer tokens prove to be; others prove nothing. */
  readonly identities = new Map<string, VerifiedIdentity>();
  resetIndex = 0;
  private readonly cache = new RulesCache();
  private readonly routes;

  constructor() {
    this.rpc = new DirectRpc([
      aclResource({
        verifier: this,
        isPrimary: true,
        bootstrapResetIndex: () => this.resetIndex,
        view: () => this.rpc.store.view(),
        write: (endpoint, args) => this.asLeader(endpoint, args),
      }),
    ]);
    const authorizerOf = async (token: string) => this.authorizerOf(token);
    this.routes = aclHttpRoutes({
      ...{ rpc: this.rpc, isEnabled: true, primaryDatacenter: 'dc1', authorizerOf },
    });
  }

  /** What the leader stores at its start. */
  async seed(masterSecret = ''): Promise<void> {
    for (const builtin of missingBuiltins(this.rpc.store.view(), masterSecret)) {
      await this.asLeader(aclSeed, builtin);
    }
  }

  /** What the bearer of a token may do. Throws `permission-denied`, as servers do. */
  authorizerOf(token: string): Authorizer {
    const resolved = resolveSecret(this.rpc.store.view(), token, 'dc1', this.rpc.nowMs);
    if (!resolved) throw aclNotFound();
    return this.cache.authorizer(resolved, 'deny');
  }

  /** The answer over HTTP, refusals as the HTTP server gives them. */
  async ask(method: string, path: string, token = '', body?: unknown): Promise<Reply> {
    const before = this.rpc.authorizer;
    try {
      this.rpc.authorizer = this.authorizerOf(token);
      return await callRoute(this.routes, method, path, body, token);
    } catch (thrown) {
      const { code, message } = MeshError.from(thrown);
      if (code === 'internal') throw thrown;
      return { kind: 'text', status: STATUS[code] ?? 400, text: message };
    } finally {
      this.rpc.authorizer = before;
    }
  }

  /** The JSON of a 200; throws the text of anything else. */
  async json<T = Readonly<Record<string, unknown>>>(
    method: string,
    path: string,
    token = '',
    body?: unknown,
  ): Promise<T> {
    const reply = await this.ask(method, path, token, body);
    if (reply.kind === 'json') return reply.value as T;
    throw new Error(reply.kind === 'text' ? reply.text : `status ${reply.status}`);
  }

  /** Secret of the first management token. */
  async bootstrap(): Promise<string> {
    return (await this.json<{ SecretID: string }>('PUT', '/v1/acl/bootstrap')).SecretID;
  }

  /** No configuration is a bad one. */
  check(type: string, config: Readonly<Record<string, unknown>>): void {
    if (Object.keys(config).length === 0) throw invalid(`Invalid Auth Method: ${type} wants more`);
  }

  async verify(_method: object, bearerToken: string): Promise<VerifiedIdentity> {
    const identity = this.identities.get(bearerToken);
    if (!identity) throw new MeshError('permission-denied', 'error parsing token');
    return identity;
  }

  /** Writes with all rights, whoever asks. */
  private async asLeader<A, R>(endpoint: WriteEndpoint<A, R>, args: A): Promise<R> {
    const before = this.rpc.authorizer;
    this.rpc.authorizer = MANAGE_ALL;
    try {
      return await this.rpc.write(endpoint, args, PLAIN_WRITE);
    } finally {
      this.rpc.authorizer = before;
    }
  }
}
