/**
 * Records of access control as agents answer them, other ones than ours too: those write null for an empty
 * list, or leave out what is empty.
 */
import type {
  AclAuthMethod,
  AclLink,
  AclNodeIdentity,
  AclRole,
  AclServiceIdentity,
  AclToken,
} from '@mesh/api-contract';

export type { AclBindingRule as BindingRule, AclPolicy as Policy } from '@mesh/api-contract';

/** A policy or role that a record points to, by ID or by name; the agent adds the other. */
export type Link = Partial<AclLink>;

export interface ServiceIdentity extends Pick<AclServiceIdentity, 'ServiceName'> {
  /** None: all. */
  readonly Datacenters?: readonly string[] | null;
}

export type NodeIdentity = AclNodeIdentity;

/** What gives a token or a role its rights. */
export interface Grants {
  readonly Policies?: readonly Link[] | null;
  /** Of tokens alone. */
  readonly Roles?: readonly Link[] | null;
  readonly ServiceIdentities?: readonly ServiceIdentity[] | null;
  readonly NodeIdentities?: readonly NodeIdentity[] | null;
}

export interface Token extends Omit<AclToken, keyof Grants | 'Hash' | 'Legacy'>, Grants {
  readonly Hash?: string;
  /** Of a token of before 1.4: its own rules, in the syntax of then. Not every agent shows them. */
  readonly Rules?: string;
  /** Whether it is such a token. */
  readonly Legacy?: boolean;
}

export interface Role extends Omit<AclRole, keyof Grants>, Omit<Grants, 'Roles'> {}

export interface AuthMethod extends Omit<AclAuthMethod, 'Description' | 'Config'> {
  readonly Description?: string;
  /** Left out of lists. */
  readonly Config?: Readonly<Record<string, unknown>> | null;
}
