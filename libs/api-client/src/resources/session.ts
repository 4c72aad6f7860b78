import { type Session, sessionRoutes } from '@mesh/api-contract';
import { asList, type ClientCore } from '../client-core.ts';
import { ApiError } from '../errors.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** What a session is to be like. */
export interface SessionRequest {
  readonly Name?: string;
  /** @default the node of the agent */
  readonly Node?: string;
  /** Go duration from 10s to 86400s, or '' for none. */
  readonly TTL?: string;
  /** Go duration; how long a lock stays closed after the session was lost. @default 15s */
  readonly LockDelay?: string;
  /** What becomes of locked keys. @default release */
  readonly Behavior?: 'release' | 'delete';
  /** Node checks that must not be critical. @default serfHealth */
  readonly NodeChecks?: readonly string[];
  readonly ServiceChecks?: readonly { readonly ID: string; readonly Namespace?: string }[];
}

/** Sessions, which hold locks. */
export class SessionApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Creates a session. @returns its id */
  async create(request: SessionRequest = {}, options?: CallOptions): Promise<string> {
    const change = { route: sessionRoutes.create, body: request, idempotent: false };
    const { body } = await this.#core.change(change, options);
    return (JSON.parse(body) as { ID: string }).ID;
  }

  /** Ends a session; its locks are given back. That there is none is no failure. */
  async destroy(id: string, options?: CallOptions): Promise<void> {
    const change = { route: sessionRoutes.destroy, params: { id }, idempotent: true };
    await this.#core.change(change, options);
  }

  /** Restarts the TTL. @returns the session, undefined when there is none any more */
  async renew(id: string, options?: CallOptions): Promise<Session | undefined> {
    const route = { route: sessionRoutes.renew, params: { id } };
    const reply = await this.#core.change({ ...route, idempotent: true, accepts: [404] }, options);
    if (reply.status === 404) return undefined;
    const sessions = JSON.parse(reply.body) as readonly Session[];
    if (sessions[0] === undefined) throw new ApiError('renewing a session: empty answer');
    return sessions[0];
  }

  /** One session; an empty list where there is none. */
  info(id: string, options?: ReadOptions): Read<readonly Session[]> {
    return this.#core.read(sessionRoutes.info, { id }, {}, asList<Session>(), options);
  }

  /** Sessions of a node. */
  node(node: string, options?: ReadOptions): Read<readonly Session[]> {
    return this.#core.read(sessionRoutes.node, { node }, {}, asList<Session>(), options);
  }

  /** All sessions of the datacenter. */
  list(options?: ReadOptions): Read<readonly Session[]> {
    return this.#core.read(sessionRoutes.list, {}, {}, asList<Session>(), options);
  }
}
