import { Link } from '../routing/link.tsx';
import { pathOf } from '../routing/place.ts';
import { useObservable } from '../settings/observable.ts';
import { session, signOut } from '../settings/session.ts';

/** Who is signed in, and the way out. */
export function Who({ dc }: { readonly dc: string }) {
  const who = useObservable(session);
  if (!who) return <Link to={pathOf(dc, 'acls', 'sign-in')}>Sign in</Link>;
  return (
    <button type="button" class="plain" title={`Token ${who.accessorId}`} onClick={signOut}>
      Sign out
    </button>
  );
}
