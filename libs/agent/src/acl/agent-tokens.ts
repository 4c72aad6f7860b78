/** Tokens that an agent itself uses. */
export interface TokenSet {
  /** Of requests that bear none. */
  readonly default: string;
  /** Of the agent's own requests; where it is '' the default one. */
  readonly agent: string;
  /** Opens this agent's own API, also while no server answers. */
  readonly agentMaster: string;
  /** Of replication from the primary datacenter. */
  readonly replication: string;
}

export type TokenKind = keyof TokenSet;

/** Names in paths of /v1/agent/token, those of before 1.4.3 included. */
const KINDS: Readonly<Record<string, TokenKind>> = {
  default: 'default',
  acl_token: 'default',
  agent: 'agent',
  acl_agent_token: 'agent',
  agent_master: 'agentMaster',
  acl_agent_master_token: 'agentMaster',
  replication: 'replication',
  acl_replication_token: 'replication',
};

/** Keeps what was set over the API; rejects when it cannot. */
export type SaveTokens = (set: Partial<TokenSet>) => Promise<void>;

/** The tokens in force: those of the configuration, where none was set over the API. */
export class AgentTokens {
  private configured: TokenSet;
  private given: Partial<TokenSet>;
  private readonly save: SaveTokens;
  private readonly listeners = new Set<() => void>();

  constructor(
    configured: TokenSet,
    given: Partial<TokenSet> = {},
    save: SaveTokens = async () => {},
  ) {
    this.configured = configured;
    this.given = given;
    this.save = save;
  }

  /** A token; '' for none. */
  get(kind: TokenKind): string {
    return this.given[kind] ?? this.configured[kind];
  }

  /** Token of the agent's own requests. */
  get own(): string {
    return this.get('agent') || this.get('default');
  }

  /** The kind that a path names; undefined for none. */
  static kindOf(name: string): TokenKind | undefined {
    return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  }

  /** Sets a token over the API; '' takes it away. */
  async set(kind: TokenKind, token: string): Promise<void> {
    const next = { ...this.given, [kind]: token };
    await this.save(next);
    this.given = next;
    for (const listener of [...this.listeners]) listener();
  }

  /** Takes over a new configuration; what was set over the API stays. */
  reconfigure(configured: TokenSet): void {
    this.configured = configured;
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls back at each change. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }
}
