import { invalid, type Logger, MeshError, type Platform } from '@mesh/base';
import { catalogDeregister, nodes } from '@mesh/catalog';
import type { Consensus } from '@mesh/raft';
import type { BoundCall, CallEndpoint, Resource, WriteEndpoint } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import type { Departures } from './duties/departures.ts';
import { leaveRaft } from './duties/raft-membership.ts';
import { SERVER_METHODS } from './rpc/server-methods.ts';
import type { ServerRpc } from './rpc/server-rpc.ts';
import { hasCode } from './rpc/wire.ts';

export interface LeaveRequest {
  /** Id of the server that leaves. */
  readonly id: string;
}

/** Asks the leader to let a server go. */
export const serverLeave: CallEndpoint<LeaveRequest, true> = {
  kind: 'call',
  method: SERVER_METHODS.leave,
  acl: { check: { resource: 'operator', access: 'write', segment: 'none' } },
  // A server speaks for itself; who may speak at the RPC port is decided by TLS.
  guard: 'public',
};

/** Wait before a change of the configuration is tried again, milliseconds. */
const RETRY_MS = 250;
/** Tries to remove a server while other changes are under way. */
const MAX_TRIES = 12;

export interface LeaverOptions {
  readonly consensus: () => Consensus;
  readonly rpc: () => ServerRpc;
  readonly store: () => StateStore;
  readonly departures: Departures;
  readonly platform: Platform;
  readonly logger: Logger;
  readonly nodeId: string;
  readonly datacenter: string;
  /** Longest that a leave may take, milliseconds. */
  readonly timeoutMs: number;
}

/** Graceful leaving of servers: both sides of it. */
export class Leaver {
  private readonly options: LeaverOptions;

  constructor(options: LeaverOptions) {
    this.options = options;
  }

  /** The leader's side. */
  resource(): Resource {
    const call: BoundCall = { endpoint: serverLeave, run: (args) => this.release(args) };
    return { name: 'servers', tables: [], commands: [], endpoints: [], calls: [call] };
  }

  /**
   * Hands over the lead and has this server taken out of the cluster, if there is anybody left to do
   * it. Never rejects; takes no longer than the time given.
   */
  async leave(): Promise<void> {
    const { nodeId, logger, platform, timeoutMs } = this.options;
    const consensus = this.options.consensus();
    const { servers, role } = consensus.status();
    const isMember = servers.some(({ id }) => id === nodeId);
    const heirs = servers.filter(({ id, suffrage }) => id !== nodeId && suffrage === 'voter');
    if (!isMember || heirs.length === 0) return;
    await new Promise<void>((resolve) => {
      const timer = platform.timers.after(timeoutMs, () => {
        logger.warn('failed to leave the raft configuration in time');
        resolve();
      });
      void this.depart(role === 'leader').then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private async depart(isLeader: boolean): Promise<void> {
    const { rpc, logger, nodeId } = this.options;
    const consensus = this.options.consensus();
    try {
      if (isLeader) await consensus.transferLeadership();
    } catch (thrown) {
      logger.warn('failed to transfer leadership', { error: MeshError.from(thrown).message });
    }
    try {
      const options = { datacenter: '', token: '', server: 'leader' } as const;
      await rpc().call(serverLeave, { id: nodeId }, options);
    } catch (thrown) {
      logger.error('failed to leave', { error: MeshError.from(thrown).message });
    }
  }

  private async release(args: unknown): Promise<true> {
    const { departures, logger } = this.options;
    const consensus = this.options.consensus();
    const id = (args as Partial<LeaveRequest> | null | undefined)?.id;
    if (typeof id !== 'string' || id === '')
      throw invalid('Server.Leave: id of a server is needed');
    const { servers } = consensus.status();
    if (!servers.some((server) => server.id === id)) return true;
    if (!servers.some((server) => server.id !== id && server.suffrage === 'voter')) {
      throw invalid(`Server.Leave: ${id} is the last voter, it stays`);
    }
    departures.add(id);
    // The node first: a leader that removes itself writes nothing any more.
    await this.deregister(id);
    for (let tries = 1; ; tries++) {
      try {
        await leaveRaft(consensus, id, logger);
        return true;
      } catch (thrown) {
        if (!hasCode(thrown, 'conflict') || tries >= MAX_TRIES) throw thrown;
      }
      await this.pause();
    }
  }

  private async deregister(id: string): Promise<void> {
    const { store, rpc, datacenter, logger } = this.options;
    const [node] = store().view().getBy(nodes, 'id', id.toLowerCase());
    if (!node) return;
    logger.info('deregistering member', { member: node.Node, reason: 'left' });
    const request = { Datacenter: datacenter, Node: node.Node, ServiceID: '', CheckID: '' };
    const endpoint: WriteEndpoint<typeof request, true> = catalogDeregister;
    await rpc().writeAsLeader(endpoint, request);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => this.options.platform.timers.after(RETRY_MS, resolve));
  }
}
