import type { Authorizer } from '@mesh/acl';
import { MeshError } from '@mesh/base';
import type { StateView } from '@mesh/state';
import type { ReadContext, ReadEndpoint, WriteContext, WriteEndpoint } from './endpoint.ts';

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

/** The original's words for it. */
export function permissionDenied(why = ''): MeshError {
  return new MeshError(
    'permission-denied',
    why === '' ? 'Permission denied' : `Permission denied: ${why}`,
  );
}

/** Runs a read as its reader may. Throws MeshError `permission-denied`. */
export function readGuarded<A, R>(
  { guard, run }: Pick<ReadEndpoint<A, R>, 'guard' | 'run'>,
  view: StateView,
  args: A,
  context: ReadContext,
): R {
  const { authorizer } = context;
  if (authorizer.isManagement || guard === 'public' || guard === 'own')
    return run(view, args, context);
  if (guard === 'internal') throw permissionDenied();
  if (guard.check && !guard.check(authorizer, args, view)) throw permissionDenied();
  const result = run(view, args, context);
  return guard.filter ? guard.filter(authorizer, result, args, view) : result;
}

/** Prepares a write as its writer may. Throws MeshError `permission-denied`. */
export function prepareGuarded<A, R>(
  { guard, prepare }: Pick<WriteEndpoint<A, R>, 'guard' | 'prepare'>,
  args: A,
  context: WriteContext,
): ReturnType<WriteEndpoint<A, R>['prepare']> {
  const { authorizer, view } = context;
  if (!authorizer.isManagement && guard !== 'public' && guard !== 'own') {
    if (guard === 'internal' || !guard.check(authorizer, args, view)) throw permissionDenied();
  }
  return prepare(args, context);
}

/** Throws MeshError `permission-denied` unless the caller may. */
export function requireCallAllowed<A>(
  guard: CallGuard<A>,
  authorizer: Authorizer,
  args: unknown,
): void {
  if (authorizer.isManagement || guard === 'public' || guard === 'own') return;
  const given = (args !== null && typeof args === 'object' ? args : {}) as Partial<A>;
  if (guard === 'internal' || !guard.check(authorizer, given)) throw permissionDenied();
}
