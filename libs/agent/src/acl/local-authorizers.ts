import { ALLOW_ALL, type Authorizer, createAuthorizer, DENY_ALL, parseRules } from '@mesh/acl';
import { type ResolvedToken, RulesCache, tokenResolve } from '@mesh/acl-system';
import { type Clock, type Logger, MeshError } from '@mesh/base';
import { PLAIN_READ, type Rpc } from '@mesh/resource';

/** What holds while no server answers (acl.down_policy). */
export type DownPolicy = 'allow' | 'deny' | 'extend-cache' | 'async-cache';

export interface LocalAuthorizersOptions {
  readonly rpc: Rpc;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nodeName: string;
  readonly defaultPolicy: 'allow' | 'deny';
  readonly downPolicy: DownPolicy;
  /** How long a resolved token is believed, milliseconds (acl.token_ttl). */
  readonly ttlMs: number;
  /** Secret that opens this agent's own API; '' for none. */
  readonly agentMaster: () => string;
  /** Set where a server is in this process: decides from its state. */
  readonly server?: (token: string) => Authorizer;
}

/** Secrets that are remembered, known and unknown ones together. */
const MAX_KNOWN = 5000;

interface Known {
  readonly authorizer: Authorizer;
  readonly atMs: number;
  readonly expiresAtMs: number | null;
}

/** Decides for the routes that an agent answers by itself. */
export class LocalAuthorizers {
  private readonly options: LocalAuthorizersOptions;
  private readonly rules = new RulesCache();
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<Authorizer>>();

  constructor(options: LocalAuthorizersOptions) {
    this.options = options;
  }

  /** What the bearer of a secret may do here. Rejects with `permission-denied`, "ACL not found". */
  async of(secret: string): Promise<Authorizer> {
    const { server, agentMaster } = this.options;
    if (secret !== '' && secret === agentMaster()) return this.master();
    if (server) return server(secret);
    const known = this.known.get(secret);
    if (known && this.isYoung(known)) return known.authorizer;
    if (known && this.options.downPolicy === 'async-cache' && !this.isOver(known)) {
      this.ask(secret).catch(() => {});
      return known.authorizer;
    }
    return this.ask(secret);
  }

  /** One question for all that want to know the same. */
  private ask(secret: string): Promise<Authorizer> {
    let asking = this.asking.get(secret);
    if (!asking) {
      asking = this.resolve(secret).finally(() => this.asking.delete(secret));
      this.asking.set(secret, asking);
    }
    return asking;
  }

  private async resolve(secret: string): Promise<Authorizer> {
    const { rpc, clock, defaultPolicy } = this.options;
    let resolved: ResolvedToken;
    try {
      const read = { ...PLAIN_READ, consistency: 'stale' } as const;
      resolved = (await rpc.read(tokenResolve, { secret }, read)).value;
    } catch (thrown) {
      return this.withoutAnswer(secret, MeshError.from(thrown));
    }
    const authorizer = this.rules.authorizer(resolved, defaultPolicy);
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    const { expiresAtMs } = resolved;
    this.known.set(secret, { authorizer, atMs: clock.nowMs(), expiresAtMs });
    return authorizer;
  }

  private withoutAnswer(secret: string, error: MeshError): Authorizer {
    const known = this.known.get(secret);
    if (error.code === 'permission-denied') {
      this.known.delete(secret);
      throw error;
    }
    const { downPolicy, logger } = this.options;
    logger.warn('cannot resolve a token, the down policy decides', {
      policy: downPolicy,
      error: error.message,
    });
    if (downPolicy === 'allow') return ALLOW_ALL;
    if (downPolicy !== 'deny' && known && !this.isOver(known)) return known.authorizer;
    return DENY_ALL;
  }

  /** As the original's agent master token: this agent, and reading nodes. */
  private master(): Authorizer {
    const { nodeName, defaultPolicy } = this.options;
    const name = JSON.stringify(nodeName);
    const text = `agent ${name} { policy = "write" } node_prefix "" { policy = "read" }`;
    return createAuthorizer([parseRules(text)], defaultPolicy);
  }

  private isYoung(known: Known): boolean {
    const { clock, ttlMs } = this.options;
    return !this.isOver(known) && clock.nowMs() - known.atMs < ttlMs;
  }

  private isOver({ expiresAtMs }: Known): boolean {
    return expiresAtMs !== null && expiresAtMs <= this.options.clock.nowMs();
  }
}
