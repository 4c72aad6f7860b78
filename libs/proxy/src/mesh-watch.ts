import type { Logger, Platform } from '@mesh/base';
import type { AgentHttp } from './agent-http.ts';
import type { AgentPresence } from './agent-presence.ts';
import { matchesOf } from './agent-questions.ts';
import type { Decisions } from './decisions.ts';
import type { Identity, Leaf, Roots } from './identity.ts';
import { Watched } from './watched.ts';

export interface MeshWatchOptions {
  readonly service: string;
  readonly identity: Identity;
  readonly decisions: Decisions;
  readonly http: AgentHttp;
  readonly presence: AgentPresence;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Follows what one service is in the mesh: its certificate, the authorities, the intentions towards it. */
export class MeshWatch {
  private readonly watches: readonly Watched<unknown>[];

  constructor(options: MeshWatchOptions) {
    const { service, identity, decisions, http, presence, platform, logger } = options;
    const name = encodeURIComponent(service);
    const watch = (what: string, path: string, onValue: (value: unknown) => void) =>
      new Watched<unknown>({
        ...{ http, path, what, presence, onValue, platform, logger },
        decode: (value) => value,
      });
    this.watches = [
      watch('CA roots', '/v1/agent/connect/ca/roots', (value) => identity.setRoots(value as Roots)),
      watch('leaf certificate', `/v1/agent/connect/ca/leaf/${name}`, (value) =>
        identity.setLeaf(value as Leaf),
      ),
      watch(
        'intentions',
        `/v1/connect/intentions/match?by=destination&name=${name}`,
        // Under the name that was asked for.
        (value) => decisions.set(matchesOf(value, service)),
      ),
    ];
  }

  /** Resolves when all three are there; rejects with MeshError when the agent refuses one. */
  async start(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.start()));
  }

  stop(): void {
    for (const watch of this.watches) watch.stop();
  }
}
