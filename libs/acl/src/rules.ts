import type { AclResource } from '@mesh/api-contract';

/** What a rule grants; `list` is of keys alone. */
export type Access = 'deny' | 'read' | 'list' | 'write';

/** Resources whose rules name a segment: a key, a service, a node. */
export type SegmentResource = Exclude<AclResource, 'acl' | 'operator' | 'keyring' | 'intentions'>;

/** Resources that are granted as a whole. */
export type PlainResource = 'acl' | 'operator' | 'keyring';

/** A rule for one name, or for all that begin with it. */
export interface SegmentRule {
  readonly resource: SegmentResource;
  readonly name: string;
  readonly policy: Access;
  /** Of services: intentions with it as the destination. @default read where the policy grants anything */
  readonly intentions?: Access;
}

/** Rules of one policy, or of several merged. */
export interface PolicyRules {
  readonly plain: Readonly<Partial<Record<PlainResource, Access>>>;
  readonly exact: readonly SegmentRule[];
  readonly prefix: readonly SegmentRule[];
}

export const SEGMENT_RESOURCES: readonly SegmentResource[] = [
  'agent',
  'event',
  'key',
  'node',
  'query',
  'service',
  'session',
];

export const PLAIN_RESOURCES: readonly PlainResource[] = ['acl', 'operator', 'keyring'];

/** Rules that grant and deny nothing. */
export const NO_RULES: PolicyRules = { plain: {}, exact: [], prefix: [] };
