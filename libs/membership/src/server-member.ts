import type { Member } from './membership.ts';

/** A server as its gossip tags describe it. */
export interface ServerMember {
  readonly id: string;
  readonly name: string;
  readonly datacenter: string;
  /** Address without port. */
  readonly host: string;
  /** host:port of its RPC. */
  readonly rpcAddress: string;
  readonly port: number;
  readonly build: string;
  /** Servers it waits for before the cluster starts; 0 when it does not. */
  readonly expect: number;
  readonly bootstrap: boolean;
  /** Asks to stay without a vote. */
  readonly nonVoter: boolean;
  readonly raftVersion: number;
  /** One of MEMBER_STATUS. */
  readonly status: number;
}

/** Reads a member's tags; undefined when it is no server, or its tags make no sense. */
export function serverMember(member: Member): ServerMember | undefined {
  const { Tags: tags, Addr: host } = member;
  const port = Number(tags.port);
  const id = tags.id ?? '';
  if (tags.role !== 'consul' || id === '') return undefined;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const expect = Number(tags.expect ?? 0);
  return {
    id,
    name: member.Name,
    datacenter: tags.dc ?? '',
    host,
    rpcAddress: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    port,
    build: (tags.build ?? '').split(':')[0]!,
    expect: Number.isInteger(expect) && expect > 0 ? expect : 0,
    bootstrap: tags.bootstrap === '1',
    nonVoter: tags.nonvoter === '1',
    raftVersion: Number(tags.raft_vsn ?? 0),
    status: member.Status,
  };
}
