import type { CatalogNode, RegisterRequest } from '@mesh/api-contract';
import { checkKey, checks, nodeByName, SERF_HEALTH, serviceKey, services } from '@mesh/catalog';
import { type Member, serverMember } from '@mesh/membership';
import type { StateView } from '@mesh/state';

/** Id and name of the service that servers are. */
const CONSUL = 'consul';

const ALIVE = { status: 'passing', output: 'Agent alive and reachable' } as const;
const FAILED = { status: 'critical', output: 'Agent not live or unreachable' } as const;

/** The registration that an alive member lacks in the catalog; undefined when all is as it should be. */
export function missingRegistration(
  view: StateView,
  member: Member,
  datacenter: string,
): RegisterRequest | undefined {
  const node = nodeByName(view, member.Name);
  const service = consulService(member);
  const isNodeRight = node !== undefined && isSameNode(node, member);
  if (
    isNodeRight &&
    isHealth(view, member, ALIVE.status) &&
    isServiceRight(view, member, service)
  ) {
    return undefined;
  }
  return {
    ...nodePart(member, node, datacenter),
    Service: service ?? null,
    Checks: [serfHealth(member.Name, ALIVE)],
    // Not to undo what the agent of the node says of it meanwhile.
    SkipNodeUpdate: isNodeRight,
  };
}

/** What marks the node of a failed member; undefined when it is marked, or has no node. */
export function failureRegistration(
  view: StateView,
  member: Member,
  datacenter: string,
): RegisterRequest | undefined {
  const node = nodeByName(view, member.Name);
  if (!node || isHealth(view, member, FAILED.status)) return undefined;
  return {
    ...nodePart(member, node, datacenter),
    Service: null,
    Checks: [serfHealth(member.Name, FAILED)],
    SkipNodeUpdate: true,
  };
}

/** True when the member's name is taken by a node of another id. */
export function isSuccessor(view: StateView, member: Member): boolean {
  const node = nodeByName(view, member.Name);
  return node !== undefined && node.ID !== '' && !hasId(node, member);
}

function nodePart(member: Member, node: CatalogNode | undefined, datacenter: string) {
  return {
    Datacenter: datacenter,
    ID: member.Tags.id ?? '',
    Node: member.Name,
    Address: member.Addr,
    TaggedAddresses: node?.TaggedAddresses ?? null,
    NodeMeta: node?.Meta ?? null,
  };
}

function isSameNode(node: CatalogNode, member: Member): boolean {
  return node.Address === member.Addr && hasId(node, member);
}

function hasId(node: CatalogNode, member: Member): boolean {
  return node.ID.toLowerCase() === (member.Tags.id ?? '').toLowerCase();
}

function isHealth(view: StateView, member: Member, status: string): boolean {
  return view.get(checks, checkKey(member.Name, SERF_HEALTH))?.Status === status;
}

function isServiceRight(
  view: StateView,
  member: Member,
  wanted: ReturnType<typeof consulService>,
): boolean {
  if (!wanted) return true;
  const known = view.get(services, serviceKey(member.Name, CONSUL))?.service;
  if (known?.Service !== CONSUL || known.Port !== wanted.Port || known.Address !== '') return false;
  const meta = known.Meta ?? {};
  const names = Object.keys(wanted.Meta);
  return (
    names.length === Object.keys(meta).length &&
    names.every((name) => meta[name] === wanted.Meta[name as keyof typeof wanted.Meta])
  );
}

/** The service `consul` of a server; undefined for others. */
function consulService(member: Member) {
  const server = serverMember(member);
  if (!server) return undefined;
  return {
    ID: CONSUL,
    Service: CONSUL,
    Tags: [],
    Address: '',
    Meta: {
      non_voter: String(server.nonVoter),
      raft_version: String(server.raftVersion),
      serf_protocol_current: String(member.ProtocolCur),
      serf_protocol_max: String(member.ProtocolMax),
      serf_protocol_min: String(member.ProtocolMin),
      version: server.build,
    },
    Port: server.port,
    Weights: { Passing: 1, Warning: 1 },
    EnableTagOverride: false,
    Proxy: {},
    Connect: {},
  };
}

function serfHealth(node: string, { status, output }: typeof ALIVE | typeof FAILED) {
  return {
    Node: node,
    CheckID: SERF_HEALTH,
    Name: 'Serf Health Status',
    Status: status,
    Notes: '',
    Output: output,
    ServiceID: '',
    ServiceName: '',
    ServiceTags: [],
    Type: '',
    Definition: {},
  };
}
