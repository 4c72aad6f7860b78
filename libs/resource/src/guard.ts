import type { Authorizer } from '@mesh/acl';
import type { StateView } from '@mesh/state';

/**
 * Who may ask. It is decided in one place, by the server that answers; an endpoint without a guard does not
 * compile.
 * `public`: anybody. `internal`: servers and agents among themselves, never with a user's token. `own`: the
 * endpoint asks `context.authorizer` itself, since only it knows what is touched.
 */
type CommonGuard = 'public' | 'internal' | 'own';

/** Who may read what. */
export type ReadGuard<A, R> =
  | CommonGuard
  | {
      /** False denies the request as a whole. */
      check?(authorizer: Authorizer, args: A, view: StateView): boolean;
      /** What of the result the reader may see. */
      filter?(authorizer: Authorizer, result: R, args: A, view: StateView): R;
    };

/** Who may write what. */
export type WriteGuard<A> =
  | CommonGuard
  | { check(authorizer: Authorizer, args: A, view: StateView): boolean };

/** Who may call. Arguments may come off the wire and are not checked yet. */
export type CallGuard<A> =
  | CommonGuard
  | { check(authorizer: Authorizer, args: Partial<A>): boolean };
