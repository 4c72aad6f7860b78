import type { AclGrants, AclLink } from '@mesh/api-contract';

/** A service identity as it is edited. */
export interface ServiceIdentityDraft {
  readonly name: string;
  /** Names with commas between; '' is everywhere. */
  readonly datacenters: string;
}

/** A node identity as it is edited. */
export interface NodeIdentityDraft {
  readonly name: string;
  readonly datacenter: string;
}

/** What a token or role grants, as it is edited. */
export interface GrantsDraft {
  readonly policies: readonly AclLink[];
  readonly services: readonly ServiceIdentityDraft[];
  readonly nodes: readonly NodeIdentityDraft[];
}

export const NO_GRANTS: GrantsDraft = { policies: [], services: [], nodes: [] };

/** Reads what is granted. */
export function grantsOf(record: AclGrants): GrantsDraft {
  return {
    policies: linksOf(record.Policies),
    services: (record.ServiceIdentities ?? []).map(({ ServiceName, Datacenters }) => ({
      name: ServiceName,
      datacenters: (Datacenters ?? []).join(', '),
    })),
    nodes: (record.NodeIdentities ?? []).map(({ NodeName, Datacenter }) => ({
      name: NodeName,
      datacenter: Datacenter,
    })),
  };
}

/** Links with their keys in one order. */
export function linksOf(links: readonly AclLink[] | null | undefined): readonly AclLink[] {
  return (links ?? []).map(({ ID, Name }) => ({ ID, Name }));
}

/** The part of a request's body that grants. */
export function grantsBody(draft: GrantsDraft) {
  return {
    Policies: idsOf(draft.policies),
    ServiceIdentities: draft.services.map(({ name, datacenters }) => {
      const places = namesIn(datacenters);
      const ServiceName = name.trim();
      return places.length === 0 ? { ServiceName } : { ServiceName, Datacenters: places };
    }),
    NodeIdentities: draft.nodes.map(({ name, datacenter }) => ({
      NodeName: name.trim(),
      Datacenter: datacenter.trim(),
    })),
  };
}

/** Links by ID alone: names may change meanwhile. */
export function idsOf(links: readonly AclLink[]): ReadonlyArray<{ readonly ID: string }> {
  return links.map(({ ID }) => ({ ID }));
}

/** Names that stand with commas or spaces between, each once. */
export function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

const NAME = /^[a-z0-9](?:[a-z0-9\-_]*[a-z0-9])?$/;
const MAX_NAME = 256;

/** What is wrong with the name of a service in an identity. */
export function serviceIdentityProblem(name: string): string | undefined {
  return nameProblem(name.trim(), 'service', 'a-z');
}

/** What is wrong with the name of a node in an identity. */
export function nodeIdentityProblem(name: string): string | undefined {
  return nameProblem(name.trim().toLowerCase(), 'node', 'a-z, A-Z');
}

function nameProblem(name: string, what: string, letters: string): string | undefined {
  if (name === '') return `Enter the name of a ${what}, or remove the row.`;
  if (NAME.test(name) && name.length <= MAX_NAME) return undefined;
  return `Accepted are ${letters}, 0-9, - and _, at most ${MAX_NAME}, with a letter or digit at both ends.`;
}

/** Whether all identities may be sent. */
export function areGrantsValid({ services, nodes }: GrantsDraft): boolean {
  return (
    services.every(({ name }) => serviceIdentityProblem(name) === undefined) &&
    nodes.every(
      ({ name, datacenter }) => nodeIdentityProblem(name) === undefined && datacenter.trim() !== '',
    )
  );
}
