import type { RaftConfiguration } from '@mesh/api-contract';
import { invalid, type Logger } from '@mesh/base';
import type { Consensus, ConsensusStatus, ServerInfo } from '@mesh/raft';
import { membersById } from './autopilot/health.ts';
import type { OperatorMember } from './autopilot/types.ts';

/** Which server to remove: exactly one of the two. */
export type PeerName = { readonly id: string } | { readonly address: string };

/** The raft configuration in the API's words. */
export function raftConfiguration(
  { servers, leaderId, configurationIndex }: ConsensusStatus,
  members: readonly OperatorMember[],
): RaftConfiguration {
  const byId = membersById(members);
  return {
    Servers: servers.map(({ id, address, suffrage }) => {
      const member = byId.get(id);
      return {
        ID: id,
        Node: member?.name ?? '(unknown)',
        Address: address,
        Leader: id === leaderId,
        ProtocolVersion: member ? String(member.raftVersion) : 'unknown',
        Voter: suffrage === 'voter',
      };
    }),
    Index: configurationIndex,
  };
}

/**
 * Takes a server out of the raft configuration. Throws `invalid-argument` when it is not in it: it is
 * people who ask, and then they have the wrong name. Else rejects as changeConfiguration does.
 */
export async function removePeer(
  consensus: Pick<Consensus, 'status' | 'changeConfiguration'>,
  name: PeerName,
  logger: Logger,
): Promise<void> {
  const { id } = findPeer(consensus.status().servers, name);
  await consensus.changeConfiguration({ kind: 'remove', id });
  logger.warn('removed Raft peer', { ...name });
}

function findPeer(servers: readonly ServerInfo[], name: PeerName): ServerInfo {
  const [what, value] =
    'id' in name ? (['id', name.id] as const) : (['address', name.address] as const);
  const found = servers.find((server) => server[what] === value);
  if (!found) {
    throw invalid(`${what} ${JSON.stringify(value)} was not found in the Raft configuration`);
  }
  return found;
}

/** A name off the wire. Throws `invalid-argument`. */
export function peerNameOf(args: unknown): PeerName {
  const { id, address } = (args ?? {}) as Partial<Record<'id' | 'address', unknown>>;
  if (typeof id === 'string' && id !== '' && address === undefined) return { id };
  if (typeof address === 'string' && address !== '' && id === undefined) return { address };
  throw invalid('the id or the address of the peer to remove is needed, and not both');
}
