import type { RaftIndex } from './catalog-types.ts';

/** A policy or role that a token or role points to. By ID; the name is as it is at the time of the answer. */
export interface AclLink {
  readonly ID: string;
  readonly Name: string;
}

/** Stands for the rules that an instance of a service and its sidecar need. */
export interface AclServiceIdentity {
  readonly ServiceName: string;
  /** Where it counts; none: everywhere. */
  readonly Datacenters?: readonly string[];
}

/** Stands for the rules that the agent of a node needs. */
export interface AclNodeIdentity {
  readonly NodeName: string;
  readonly Datacenter: string;
}

/** What tokens and roles grant; left out where empty. */
export interface AclGrants {
  readonly Policies?: readonly AclLink[];
  readonly ServiceIdentities?: readonly AclServiceIdentity[];
  readonly NodeIdentities?: readonly AclNodeIdentity[];
}

/** A token: what requests bear. */
export interface AclToken extends AclGrants, RaftIndex {
  readonly AccessorID: string;
  /** Left out of lists. */
  readonly SecretID?: string;
  readonly Description: string;
  readonly Roles?: readonly AclLink[];
  /** Counts in its datacenter alone. */
  readonly Local: boolean;
  /** Name of the auth method of the login that made it. */
  readonly AuthMethod?: string;
  /** RFC 3339; from then on it counts for nothing. Left out where it counts for ever. */
  readonly ExpirationTime?: string;
  /** RFC 3339. */
  readonly CreateTime: string;
  /** Base64; changes with the contents. */
  readonly Hash: string;
  /** Made by the API of before 1.4. */
  readonly Legacy?: boolean;
  /** Of such a token: its own rules, in the syntax of then. */
  readonly Rules?: string;
}

/** A policy: rules with a name. */
export interface AclPolicy extends RaftIndex {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
  /** HCL or JSON; left out of lists. */
  readonly Rules?: string;
  /** Where it counts; none, or null in lists: everywhere. */
  readonly Datacenters?: readonly string[] | null;
  /** Base64; changes with the contents. */
  readonly Hash: string;
}

/** A role: policies and identities with a name. */
export interface AclRole extends AclGrants, RaftIndex {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
  /** Base64; changes with the contents. */
  readonly Hash: string;
}

/** An auth method: how somebody proves who they are. */
export interface AclAuthMethod extends RaftIndex {
  /** How long tokens of its logins count, a Go duration; left out: for ever. */
  readonly MaxTokenTTL?: string;
  readonly Name: string;
  /** `jwt` or `kubernetes`. */
  readonly Type: string;
  readonly DisplayName?: string;
  readonly Description?: string;
  /** `local`, the default, or `global`. */
  readonly TokenLocality?: string;
  /** Left out of lists. */
  readonly Config?: Readonly<Record<string, unknown>>;
}

/** A binding rule: what a login through an auth method grants. */
export interface AclBindingRule extends RaftIndex {
  readonly ID: string;
  readonly Description: string;
  readonly AuthMethod: string;
  /** Filter over what is known of who logs in; '' takes everybody. */
  readonly Selector: string;
  readonly BindType: 'service' | 'role' | 'node';
  /** May hold variables: `${value.team}`. */
  readonly BindName: string;
}
