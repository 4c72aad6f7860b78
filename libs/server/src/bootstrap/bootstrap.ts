import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { Membership, ServerMember } from '@mesh/membership';
import type { Consensus, ServerInfo } from '@mesh/raft';
import type { CallClient } from '@mesh/rpc';
import { SERVER_METHODS } from '../rpc/server-methods.ts';
import { assemble } from './candidates.ts';
import { type BootstrapPromises, PROMISE_MS } from './promises.ts';

/** How often the members are looked at without a change, milliseconds, up to half as much again. */
const RETRY_MS = 1000;
/** Longest that another server may take to answer, milliseconds. */
const ASK_MS = 5000;

export interface BootstrapOptions {
  readonly consensus: Pick<Consensus, 'status' | 'bootstrap'>;
  readonly membership: Pick<Membership, 'members' | 'onChange'>;
  readonly calls: CallClient;
  readonly promises: BootstrapPromises;
  readonly platform: Platform;
  /** Named agent.server. */
  readonly logger: Logger;
  /** This server. */
  readonly nodeId: string;
  readonly rpcAddress: string;
  readonly datacenter: string;
  /** Start a cluster alone (-bootstrap, -bootstrap-expect=1, -dev). */
  readonly bootstrap: boolean;
  /** Servers to wait for; 0 waits to be added to an existing cluster. */
  readonly expect: number;
}

/** True when a server is part of a cluster, or was. */
export function hasRaftState(consensus: Pick<Consensus, 'status'>): boolean {
  const { lastLogIndex, lastSnapshotIndex, servers } = consensus.status();
  return lastLogIndex > 0 || lastSnapshotIndex > 0 || servers.length > 0;
}

/**
 * Starts the cluster once: alone, or when the expected number of servers is here. The server with
 * the lowest id writes the first configuration, after every other has promised to wait for it; so
 * two servers that see different members cannot both start one.
 */
export class Bootstrap implements Component {
  readonly name = 'bootstrap';
  private unsubscribe: (() => void) | undefined;
  private timer: Timer | undefined;
  private running = false;
  private looking = false;
  private changed = false;
  private lastComplaint = '';
  private readonly options: BootstrapOptions;

  constructor(options: BootstrapOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.running) return;
    const { consensus, bootstrap, expect, nodeId, rpcAddress } = this.options;
    if (hasRaftState(consensus)) return;
    if (bootstrap || expect === 1) {
      await consensus.bootstrap([{ id: nodeId, address: rpcAddress, suffrage: 'voter' }]);
      return;
    }
    if (expect === 0) return;
    this.running = true;
    this.unsubscribe = this.options.membership.onChange(() => void this.look());
    void this.look();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** One attempt at a time; never rejects. */
  private async look(): Promise<void> {
    if (this.looking) {
      this.changed = true;
      return;
    }
    this.looking = true;
    this.timer?.cancel();
    try {
      do {
        this.changed = false;
        await this.attempt();
      } while (this.changed && this.running);
    } catch (thrown) {
      this.complain('Failed to bootstrap cluster, will retry', {
        error: MeshError.from(thrown).message,
      });
    }
    this.looking = false;
    if (!this.running) return;
    const { timers, random } = this.options.platform;
    this.timer = timers.after(RETRY_MS * (1 + random.float() / 2), () => void this.look());
  }

  private async attempt(): Promise<void> {
    const { consensus, membership, datacenter, expect, nodeId, platform } = this.options;
    if (hasRaftState(consensus)) return this.stop();
    const assembly = assemble(membership.members(), datacenter, expect);
    if (assembly.kind === 'refuse') {
      return this.complain(assembly.reason, { member: assembly.member });
    }
    if (assembly.kind === 'wait') return;
    const { servers } = assembly;
    const others = servers.filter(({ id }) => id !== nodeId);
    if (others.length === servers.length) return;
    if (await this.isClusterThere(others)) return this.stop();
    if (servers[0]!.id !== nodeId) return;
    const startedAtMs = platform.clock.monotonicMs();
    if (!(await this.isPromised(servers, others))) return;
    // The first promise must still bind when the configuration is written.
    if (platform.clock.monotonicMs() - startedAtMs > PROMISE_MS / 2) return;
    if (!this.running || hasRaftState(consensus)) return;
    await this.write(servers);
  }

  /** Says the same thing once. */
  private complain(message: string, fields: Readonly<Record<string, string>>): void {
    const complaint = `${message} ${JSON.stringify(fields)}`;
    if (complaint === this.lastComplaint) return;
    this.lastComplaint = complaint;
    this.options.logger.error(message, fields);
  }

  /** Whether a server that is already in a cluster is among the others. Throws when one does not say. */
  private async isClusterThere(others: readonly ServerMember[]): Promise<boolean> {
    const answers = await Promise.all(
      others.map(async (server) => {
        const peers = await this.ask(server, SERVER_METHODS.peers, {});
        return { server, hasPeers: Array.isArray(peers) && peers.length > 0 };
      }),
    );
    const member = answers.find(({ hasPeers }) => hasPeers)?.server;
    if (!member) return false;
    const message = 'Existing Raft peers reported by server, disabling bootstrap mode';
    this.options.logger.info(message, { server: member.name });
    return true;
  }

  private async isPromised(
    servers: readonly ServerMember[],
    others: readonly ServerMember[],
  ): Promise<boolean> {
    const request = { ids: servers.map(({ id }) => id) };
    if (!this.options.promises.give(request)) return false;
    const answers = await Promise.all(
      others.map((server) => this.ask(server, SERVER_METHODS.promise, request)),
    );
    return answers.every((answer) => answer === true);
  }

  private async ask(server: ServerMember, method: string, body: unknown): Promise<unknown> {
    try {
      return await this.options.calls.call(server.rpcAddress, method, body, { timeoutMs: ASK_MS });
    } catch (thrown) {
      const { message } = MeshError.from(thrown);
      throw new MeshError('unavailable', `server ${server.name} does not answer: ${message}`);
    }
  }

  private async write(servers: readonly ServerMember[]): Promise<void> {
    const { consensus, logger, nodeId, rpcAddress } = this.options;
    const first = servers.map(
      ({ id, rpcAddress: address, nonVoter }): ServerInfo => ({
        id,
        address: id === nodeId ? rpcAddress : address,
        suffrage: nonVoter ? 'non-voter' : 'voter',
      }),
    );
    const peers = first.map(({ address }) => address);
    logger.info('Found expected number of peers, attempting bootstrap', { peers });
    await consensus.bootstrap(first);
    await this.stop();
  }
}
