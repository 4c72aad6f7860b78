import { withoutEmpty } from './output-format.ts';
import type { Grants, Link, NodeIdentity, ServiceIdentity } from './records.ts';

/** Policies, roles and identities, a heading each; those without entries are left out. */
export function grantLines(grants: Grants, indentation = ''): string {
  return [
    block('Policies', (grants.Policies ?? []).map(linkText), indentation),
    block('Roles', (grants.Roles ?? []).map(linkText), indentation),
    block('Service Identities', (grants.ServiceIdentities ?? []).map(serviceText), indentation),
    block('Node Identities', (grants.NodeIdentities ?? []).map(nodeText), indentation),
  ].join('');
}

function block(heading: string, entries: readonly string[], indentation: string): string {
  if (entries.length === 0) return '';
  const lines = entries.map((entry) => `${indentation}   ${entry}\n`);
  return `${indentation}${heading}:\n${lines.join('')}`;
}

function linkText({ ID = '', Name = '' }: Link): string {
  return `${ID} - ${Name}`;
}

function serviceText({ ServiceName, Datacenters }: ServiceIdentity): string {
  const where = Datacenters?.length ? Datacenters.join(', ') : 'all';
  return `${ServiceName} (Datacenters: ${where})`;
}

function nodeText({ NodeName, Datacenter }: NodeIdentity): string {
  return `${NodeName} (Datacenter: ${Datacenter})`;
}

/** The same as JSON fields, in the original's order. */
export function grantFields(grants: Grants): Record<string, unknown> {
  return withoutEmpty({
    Policies: grants.Policies?.map(({ ID, Name }) => ({ ID, Name })),
    Roles: grants.Roles?.map(({ ID, Name }) => ({ ID, Name })),
    ServiceIdentities: grants.ServiceIdentities?.map(({ ServiceName, Datacenters }) =>
      withoutEmpty({ ServiceName, Datacenters }),
    ),
    NodeIdentities: grants.NodeIdentities?.map(({ NodeName, Datacenter }) => ({
      NodeName,
      Datacenter,
    })),
  });
}
