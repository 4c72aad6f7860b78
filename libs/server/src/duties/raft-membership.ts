import { type Logger, MeshError } from '@mesh/base';
import type { ServerMember } from '@mesh/membership';
import type { Consensus, ServerInfo } from '@mesh/raft';

type Changeable = Pick<Consensus, 'status' | 'changeConfiguration'>;

/**
 * Takes an alive server into the raft configuration, or gives it its new address. New ones have no
 * vote; autopilot gives it to them once they are stable. Rejects as changeConfiguration does.
 */
export async function joinRaft(
  consensus: Changeable,
  server: ServerMember,
  logger: Logger,
): Promise<void> {
  const { id, rpcAddress: address } = server;
  const { servers, leaderId } = consensus.status();
  const known = servers.find((other) => other.id === id);
  if (known?.address === address) return;
  const stale = servers.find((other) => other.address === address && other.id !== id);
  if (stale?.id === leaderId) {
    throw new MeshError(
      'invalid-argument',
      `server ${server.name} claims this server's ${address}`,
    );
  }
  if (stale && mayGo(stale, servers)) {
    await consensus.changeConfiguration({ kind: 'remove', id: stale.id });
    logger.info('removed server with duplicate address', { address, id: stale.id });
  }
  await consensus.changeConfiguration({ kind: 'add-non-voter', id, address });
  const message = known ? 'updated address of server' : 'added server';
  logger.info(message, { server: server.name, id, address });
}

/** Takes a server out of the raft configuration, if it is there. Rejects as changeConfiguration does. */
export async function leaveRaft(
  consensus: Changeable,
  id: string,
  logger: Logger,
): Promise<boolean> {
  const { servers } = consensus.status();
  const known = servers.find((other) => other.id === id);
  if (!known || !mayGo(known, servers)) return false;
  await consensus.changeConfiguration({ kind: 'remove', id });
  logger.info('removing server by ID', { id });
  return true;
}

/** The last voter stays: without it there would be no cluster. */
function mayGo(server: ServerInfo, servers: readonly ServerInfo[]): boolean {
  return servers.some(({ id, suffrage }) => suffrage === 'voter' && id !== server.id);
}
