import { statusRoutes } from '@mesh/api-contract';
import { asIs, asList, type ClientCore } from '../client-core.ts';
import type { CallOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** The Raft leader and its peers. */
export class StatusApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Address of the leader; '' while there is none. */
  leader(options?: CallOptions): Read<string> {
    return this.#core.read(statusRoutes.leader, {}, {}, asIs<string>(), options);
  }

  /** Addresses of all peers. */
  peers(options?: CallOptions): Read<readonly string[]> {
    return this.#core.read(statusRoutes.peers, {}, {}, asList<string>(), options);
  }
}
