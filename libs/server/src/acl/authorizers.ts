import type { Authorizer } from '@mesh/acl';
import type { StateView } from '@mesh/state';

/**
 * What tokens may do, decided from a view of the state. Runs for every request: implementations keep what they
 * have compiled for as long as the state's rows are the same.
 */
export interface Authorizers {
  /**
   * Whoever bears the secret; '' is anonymous. Throws MeshError `permission-denied`, "ACL not found", for a
   * token that does not exist or has expired.
   */
  of(view: StateView, secret: string): Authorizer;
  /** Whether what was decided for a secret still holds. */
  isCurrent(secret: string, decided: Authorizer): boolean;
}
