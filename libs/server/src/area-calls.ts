import { statusRoutes } from '@mesh/api-contract';
import { catalogDatacenters } from '@mesh/catalog';
import { coordinateDatacenters, type DatacenterCoordinates } from '@mesh/coordinate';
import {
  MEMBER_STATUS,
  type Membership,
  type PoolCoordinates,
  type ServerRouter,
} from '@mesh/membership';
import type { Consensus } from '@mesh/raft';
import type { CallEndpoint, Resource } from '@mesh/resource';

/** Address of the leader as the server that is asked knows it; '' for none. */
export const statusLeader: CallEndpoint<Record<string, never>, string> = {
  kind: 'call',
  method: 'Status.GetLeader',
  acl: statusRoutes.leader.acl,
  guard: 'public',
};

/** Addresses of the servers of Raft as the server that is asked knows them. */
export const statusPeers: CallEndpoint<Record<string, never>, readonly string[]> = {
  kind: 'call',
  method: 'Status.GetPeers',
  acl: statusRoutes.peers.acl,
  guard: 'public',
};

export interface AreaParts {
  readonly datacenter: string;
  readonly router: Pick<ServerRouter, 'datacenters'>;
  readonly membership: Pick<Membership, 'wanMembers'>;
  readonly coordinates: PoolCoordinates;
  /** Asked for only once the server is built. */
  readonly consensus: () => Pick<Consensus, 'status'>;
}

/** What any server answers for agents without a server in them: about the servers and the other datacenters. */
export function areaResource(parts: AreaParts): Resource {
  const status = () => parts.consensus().status();
  return {
    name: 'area',
    tables: [],
    commands: [],
    endpoints: [],
    calls: [
      { endpoint: statusLeader, run: () => status().leaderAddress },
      { endpoint: statusPeers, run: () => status().servers.map(({ address }) => address) },
      { endpoint: catalogDatacenters, run: () => parts.router.datacenters() },
      { endpoint: coordinateDatacenters, run: () => wanCoordinates(parts) },
    ],
  };
}

/** Servers of the wide-area pool with their coordinates, by datacenter. */
function wanCoordinates({ membership, coordinates }: AreaParts): readonly DatacenterCoordinates[] {
  const byDatacenter = new Map<string, DatacenterCoordinates['Coordinates'][number][]>();
  for (const { Name, Tags, Status } of membership.wanMembers()) {
    if (Status !== MEMBER_STATUS.alive || Tags.dc === undefined) continue;
    const rows = byDatacenter.get(Tags.dc) ?? [];
    byDatacenter.set(Tags.dc, rows);
    const Coord = coordinates.of('wan', Name);
    // Members of the wide-area pool are called NODE.DATACENTER.
    const suffix = `.${Tags.dc}`;
    const Node = Name.endsWith(suffix) ? Name.slice(0, -suffix.length) : Name;
    if (Coord) rows.push({ Node, Segment: '', Coord });
  }
  return [...byDatacenter]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Datacenter, Coordinates]) => ({ Datacenter, AreaID: 'wan', Coordinates }));
}
