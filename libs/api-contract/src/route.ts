/**
 * A route of the HTTP API as data. From this row follow the router, the 405 and OPTIONS answers, the
 * parsing of its common parameters, the ACL check, the client's method and the generated tables.
 */
export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** Resources that ACL rules speak of. */
export type AclResource =
  | 'acl'
  | 'agent'
  | 'event'
  | 'intentions'
  | 'key'
  | 'keyring'
  | 'node'
  | 'operator'
  | 'query'
  | 'service'
  | 'session';

/** Where a rule's segment (the key, the service name...) comes from. */
export type AclSegment =
  | { readonly path: string }
  | { readonly query: string }
  /** The handler knows it only after decoding the body or reading the state; it must ask the authorizer. */
  | 'handler'
  /** The agent's own node name. */
  | 'self'
  | 'none';

export interface AclRequirement {
  readonly resource: AclResource;
  readonly access: 'read' | 'write' | 'list';
  readonly segment: AclSegment;
}

/**
 * What a caller must be allowed to do. 'public' is a decision, not an omission. `filtered` answers 200
 * and leaves out what the caller may not see; `check` denies the request.
 */
export type AclRule =
  | 'public'
  | { readonly check: AclRequirement }
  | { readonly checkAnyOf: readonly AclRequirement[] }
  | { readonly filtered: readonly AclResource[] };

/**
 * local: answered by this agent from its own state; read: a query over replicated state (consistency
 * modes, blocking, X-Consul-* headers); write: through the log; stream: an answer without an end.
 */
export type Consistency = 'local' | 'read' | 'write' | 'stream';

export interface Route {
  readonly method: HttpMethod;
  /** `:name` is one segment, a final `*name` the rest of the path, slashes included, possibly empty. */
  readonly path: string;
  /** Own query parameters, besides the common ones that `consistency` brings. */
  readonly query: readonly string[];
  readonly consistency: Consistency;
  /** Takes ?index and ?wait. */
  readonly blocking: boolean;
  /** Takes ?filter=. */
  readonly filter: boolean;
  /** ?cached takes effect (agent cache). */
  readonly cached: boolean;
  readonly acl: AclRule;
  /** Largest request body in bytes; a larger one is refused with 413. 0: no body is read. */
  readonly maxBodyBytes: number;
  /** The handler takes the body as it arrives, as `bodyStream`; nobody holds it as a whole. @default false */
  readonly streamedBody?: boolean;
  readonly tier: 'A' | 'B' | 'C';
  /** One sentence for the generated table. */
  readonly doc: string;
  /** Method of api-client, `kv.get`; '' where the client has none. */
  readonly client: string;
}

export type RouteTable = Readonly<Record<string, Route>>;

/** Keeps the literal row names, so that `implement` can insist on a handler for each. */
export function defineRoutes<T extends RouteTable>(table: T): T {
  return table;
}

const DEFAULTS = {
  query: [],
  blocking: false,
  filter: false,
  cached: false,
  maxBodyBytes: 0,
} as const;

type Defaulted = keyof typeof DEFAULTS;
type RowInput = Omit<Route, Defaulted | 'consistency'> & Partial<Pick<Route, Defaulted>>;

/** A row answered by this agent alone. */
export function localRoute(row: RowInput): Route {
  return { ...DEFAULTS, consistency: 'local', ...row };
}

/** A blocking, consistency-moded read of replicated state. */
export function readRoute(row: RowInput): Route {
  return { ...DEFAULTS, consistency: 'read', blocking: true, ...row };
}

/** A write through the log; bodies up to 1 MiB unless the row says otherwise. */
export function writeRoute(row: RowInput): Route {
  return { ...DEFAULTS, consistency: 'write', maxBodyBytes: 1024 * 1024, ...row };
}

/** An answer that goes on until the client hangs up. */
export function streamRoute(row: RowInput): Route {
  return { ...DEFAULTS, consistency: 'stream', ...row };
}
