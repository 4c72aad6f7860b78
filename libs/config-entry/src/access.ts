import type { Authorizer } from '@mesh/acl';

/** Kinds that belong to the service of their name; the others are the operator's. */
const OF_SERVICES = new Set([
  'service-defaults',
  'service-router',
  'service-splitter',
  'service-resolver',
]);

interface Named {
  readonly Kind: string;
  readonly Name: string;
}

/** Entries of a service are seen by who may read it; proxy-defaults by everybody. */
export function mayReadEntry(authorizer: Authorizer, { Kind: kind, Name: name }: Named): boolean {
  return kind === 'proxy-defaults' || authorizer.allows('service', 'read', name);
}

/** Entries of a service are written by who may write it, the others with operator:write. */
export function mayWriteEntry(authorizer: Authorizer, entry: unknown): boolean {
  const { Kind: kind, Name: name } = (entry ?? {}) as Partial<Record<keyof Named, unknown>>;
  return OF_SERVICES.has(String(kind))
    ? authorizer.allows('service', 'write', String(name))
    : authorizer.allows('operator', 'write', '');
}
