import { CommandError, type FlagValues, listFlag } from '@mesh/cli-kit';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { Lookup, POLICIES, ROLES } from './lookup.ts';
import type { Grants, Link, NodeIdentity, ServiceIdentity } from './records.ts';

/** Flags of tokens and roles that give rights. */
export const grantFlags = {
  'node-identity': listFlag(
    'Node whose rights it gets, as NODE:DATACENTER. May be given several times.',
  ),
  'policy-id': listFlag(
    'Policy it gets, by ID or the beginning of it. May be given several times.',
  ),
  'policy-name': listFlag('Policy it gets, by name. May be given several times.'),
  'service-identity': listFlag(
    'Service whose rights it gets, as SERVICE or SERVICE:DATACENTER1,DATACENTER2. May be given ' +
      'several times.',
  ),
};

/** Further ones of tokens. */
export const roleFlags = {
  'role-id': listFlag('Role it gets, by ID or the beginning of it. May be given several times.'),
  'role-name': listFlag('Role it gets, by name. May be given several times.'),
};

type GrantValues = FlagValues<typeof grantFlags> & Partial<FlagValues<typeof roleFlags>>;

/** Rights as they are sent to the agent, every list there. */
export interface WantedGrants extends Grants {
  readonly Policies: readonly Link[];
  readonly Roles: readonly Link[];
  readonly ServiceIdentities: readonly ServiceIdentity[];
  readonly NodeIdentities: readonly NodeIdentity[];
}

/** Whether any of the flags was given. */
export function grantsAnything(flags: GrantValues): boolean {
  const { 'role-id': roleIds = [], 'role-name': roleNames = [] } = flags;
  const links = [...flags['policy-id'], ...flags['policy-name'], ...roleIds, ...roleNames];
  return [...links, ...flags['service-identity'], ...flags['node-identity']].length > 0;
}

/**
 * What the flags give, prefixes of IDs made whole.
 * @throws CommandError for what cannot be read or is not there
 */
export async function wantedGrants(api: AgentApi, flags: GrantValues): Promise<WantedGrants> {
  const ServiceIdentities = flags['service-identity'].map(serviceIdentity);
  const NodeIdentities = flags['node-identity'].map(nodeIdentity);
  const policies = new Lookup(api, POLICIES);
  const roles = new Lookup(api, ROLES);
  return {
    Policies: await links(policies, flags['policy-id'], flags['policy-name']),
    Roles: await links(roles, flags['role-id'] ?? [], flags['role-name'] ?? []),
    ServiceIdentities,
    NodeIdentities,
  };
}

async function links(
  lookup: Lookup,
  ids: readonly string[],
  names: readonly string[],
): Promise<readonly Link[]> {
  const found: Link[] = names.map((Name) => ({ Name }));
  for (const id of ids) found.push({ ID: await lookup.id(id) });
  return found;
}

function serviceIdentity(text: string): ServiceIdentity {
  const parts = text.split(':');
  const [ServiceName, datacenters] = parts as [string, string?];
  const Datacenters = datacenters?.split(',');
  if (parts.length > 2 || ServiceName === '' || Datacenters?.includes('')) {
    throw new CommandError(
      `Malformed -service-identity ${JSON.stringify(text)}: accepted are SERVICE and ` +
        'SERVICE:DATACENTER1,DATACENTER2',
    );
  }
  return Datacenters ? { ServiceName, Datacenters } : { ServiceName };
}

function nodeIdentity(text: string): NodeIdentity {
  const [NodeName, Datacenter, ...rest] = text.split(':');
  if (!NodeName || !Datacenter || rest.length > 0) {
    throw new CommandError(
      `Malformed -node-identity ${JSON.stringify(text)}: accepted is NODE:DATACENTER`,
    );
  }
  return { NodeName, Datacenter };
}

/** Links of both; a policy or role that is in both is there once. */
export function mergedLinks(
  now: readonly Link[] | null | undefined,
  added: readonly Link[],
): readonly Link[] {
  const kept = now ?? [];
  const isThere = ({ ID, Name }: Link) =>
    kept.some((one) => (ID === undefined ? one.Name === Name : one.ID === ID));
  return [...kept, ...added.filter((one) => !isThere(one))];
}

/** Identities of both; a service that is in both counts where the added one says. */
export function mergedServices(
  now: readonly ServiceIdentity[] | null | undefined,
  added: readonly ServiceIdentity[],
): readonly ServiceIdentity[] {
  const names = new Set(added.map(({ ServiceName }) => ServiceName));
  return [...(now ?? []).filter(({ ServiceName }) => !names.has(ServiceName)), ...added];
}

/** Identities of both, each once. */
export function mergedNodes(
  now: readonly NodeIdentity[] | null | undefined,
  added: readonly NodeIdentity[],
): readonly NodeIdentity[] {
  const kept = now ?? [];
  const isThere = ({ NodeName, Datacenter }: NodeIdentity) =>
    kept.some((one) => one.NodeName === NodeName && one.Datacenter === Datacenter);
  return [...kept, ...added.filter((one) => !isThere(one))];
}
