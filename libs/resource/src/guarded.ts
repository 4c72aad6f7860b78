import type { Authorizer } from '@mesh/acl';
import { MeshError } from '@mesh/base';
import type { StateView } from '@mesh/state';
import type { ReadContext, ReadEndpoint, WriteContext, WriteEndpoint } from './endpoint.ts';
import type { CallGuard } from './guard.ts';

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
