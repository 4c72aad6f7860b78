import { MEMBER_STATUS, type Member, type ServerMember, serverMember } from '@mesh/membership';

/** What the members say about starting the cluster. */
export type Assembly =
  | { readonly kind: 'wait' }
  /** Servers contradict each other, or one starts a cluster of its own. */
  | { readonly kind: 'refuse'; readonly reason: string; readonly member: string }
  /** As many as expected are here; sorted by id. */
  | { readonly kind: 'complete'; readonly servers: readonly ServerMember[] };

/** Looks at the alive servers of a datacenter that all have to expect the same number. */
export function assemble(members: readonly Member[], datacenter: string, expect: number): Assembly {
  const servers: ServerMember[] = [];
  for (const member of members) {
    const server = serverMember(member);
    if (!server || server.datacenter !== datacenter) continue;
    if (server.status !== MEMBER_STATUS.alive) continue;
    if (server.expect !== 0 && server.expect !== expect) {
      const reason =
        'Member has a conflicting expect value. All nodes should expect the same number';
      return { kind: 'refuse', reason, member: member.Name };
    }
    if (server.bootstrap) {
      return {
        kind: 'refuse',
        reason: 'Member has bootstrap mode. Expect disabled',
        member: member.Name,
      };
    }
    servers.push(server);
  }
  const voters = servers.filter(({ nonVoter }) => !nonVoter);
  if (voters.length < expect) return { kind: 'wait' };
  return { kind: 'complete', servers: servers.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
