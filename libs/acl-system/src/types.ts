import type {
  AclAuthMethod,
  AclBindingRule,
  AclNodeIdentity,
  AclServiceIdentity,
  RaftIndex,
} from '@mesh/api-contract';

/** Policy that grants everything; made by the first leader. */
export const MANAGEMENT_POLICY_ID = '00000000-0000-0000-0000-000000000001';
/** Token of requests without one; made by the first leader. */
export const ANONYMOUS_ID = '00000000-0000-0000-0000-000000000002';
export const ANONYMOUS_SECRET = 'anonymous';

/** What tokens and roles grant, as stored: ids of policies and roles, never names. */
export interface StoredGrants {
  readonly policies: readonly string[];
  readonly serviceIdentities: readonly AclServiceIdentity[];
  readonly nodeIdentities: readonly AclNodeIdentity[];
}

/** A token as stored. */
export interface StoredToken extends StoredGrants, RaftIndex {
  readonly accessorId: string;
  readonly secretId: string;
  /** SHA-256 of the secret, by which it is found. */
  readonly secretDigest: string;
  readonly description: string;
  readonly roles: readonly string[];
  readonly local: boolean;
  /** '' for none. */
  readonly authMethod: string;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
  /** Made by the API of before 1.4. */
  readonly legacy: { readonly type: 'client' | 'management'; readonly rules: string } | null;
}

/** A policy as stored. */
export interface StoredPolicy extends RaftIndex {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rules: string;
  /** None: everywhere. */
  readonly datacenters: readonly string[];
}

/** A role as stored. */
export interface StoredRole extends StoredGrants, RaftIndex {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** Auth methods and binding rules are stored as the API shows them. */
export type StoredAuthMethod = Required<Pick<AclAuthMethod, 'Config'>> & AclAuthMethod;
export type StoredBindingRule = AclBindingRule;

/** That the first management token was made. */
export interface StoredBootstrap {
  readonly one: 'bootstrap';
  /** Log index at which it was. */
  readonly index: number;
}

export type WithoutIndex<T> = Omit<T, keyof RaftIndex>;
