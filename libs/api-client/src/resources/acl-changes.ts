import type {
  AclAuthMethod,
  AclBindingRule,
  AclLink,
  AclNodeIdentity,
  AclPolicy,
  AclRole,
  AclServiceIdentity,
  AclToken,
} from '@mesh/api-contract';

/** A policy or a role, by ID or by name. */
export type AclLinkChange = Partial<AclLink>;

/** What a token or a role shall grant; a list that is left out becomes empty. */
export interface AclGrantsChange {
  readonly Policies?: readonly AclLinkChange[];
  readonly ServiceIdentities?: readonly AclServiceIdentity[];
  readonly NodeIdentities?: readonly AclNodeIdentity[];
}

/** A token to be stored; of an update whole: what is left out becomes empty, but for its secret. */
export interface AclTokenChange
  extends AclGrantsChange,
    Partial<
      Pick<AclToken, 'AccessorID' | 'SecretID' | 'Description' | 'Local' | 'ExpirationTime'>
    > {
  readonly Roles?: readonly AclLinkChange[];
  /** Go duration, `15m`; of new tokens alone. */
  readonly ExpirationTTL?: string;
}

/** A policy to be stored, whole. */
export type AclPolicyChange = Pick<AclPolicy, 'Name'> &
  Partial<Pick<AclPolicy, 'ID' | 'Description' | 'Rules' | 'Datacenters'>>;

/** A role to be stored, whole. */
export type AclRoleChange = Pick<AclRole, 'Name'> &
  Partial<Pick<AclRole, 'ID' | 'Description'>> &
  AclGrantsChange;

/** An auth method to be stored, whole. */
export type AclAuthMethodChange = Pick<AclAuthMethod, 'Name' | 'Type'> &
  Partial<Omit<AclAuthMethod, 'Name' | 'Type' | 'CreateIndex' | 'ModifyIndex'>>;

/** A binding rule to be stored, whole. */
export type AclBindingRuleChange = Pick<AclBindingRule, 'AuthMethod' | 'BindType' | 'BindName'> &
  Partial<Pick<AclBindingRule, 'ID' | 'Description' | 'Selector'>>;

/** Which tokens to list; without any, all. */
export interface AclTokenFilters {
  /** ID of a policy that they have. */
  readonly policy?: string;
  /** ID of a role that they have. */
  readonly role?: string;
  /** Name of the auth method of the logins that made them. */
  readonly authMethod?: string;
}

/** Who logs in, and with what. */
export interface AclLogin {
  /** Name of the auth method. */
  readonly AuthMethod: string;
  /** Token of the third party. */
  readonly BearerToken: string;
  /** Noted in the description of the new token. */
  readonly Meta?: Readonly<Record<string, string>>;
}

/** How replication from the primary datacenter goes. */
export interface AclReplication {
  readonly Enabled: boolean;
  readonly Running: boolean;
  readonly SourceDatacenter: string;
  /** `policies`, `tokens`, or '' where nothing is replicated. */
  readonly ReplicationType: string;
  readonly ReplicatedIndex: number;
  readonly ReplicatedRoleIndex: number;
  readonly ReplicatedTokenIndex: number;
  /** RFC 3339; the year 1 for never. */
  readonly LastSuccess: string;
  readonly LastError: string;
}
