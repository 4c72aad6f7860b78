import type { AclToken } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { useObservable } from '../../settings/observable.ts';
import { session, signOut } from '../../settings/session.ts';
import { AclAnswered } from './acl-answered.tsx';
import { GrantTags } from './grant-tags.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { tokenName } from './token-draft.ts';

/** Where one signs in, and sees who one is. */
export function SignInPage({ dc }: { readonly dc: string }) {
  const isSignedIn = useObservable(session) !== undefined;
  return isSignedIn ? <SignedIn dc={dc} /> : <SignedOut dc={dc} />;
}

/** Asked with no token: where ACLs are off there is nothing to sign in to. */
function SignedOut({ dc }: { readonly dc: string }) {
  const self = useQuery<AclToken>('/v1/acl/token/self', { query: { dc } });
  const isOff = self.state === 'failed' && self.failure.status === 401;
  return (
    <>
      <PageHeader title="Sign in" />
      {isOff ? (
        <AclAnswered answer={self} dc={dc} what="tokens">
          {() => null}
        </AclAnswered>
      ) : (
        <section class="panel">
          <SignInForm dc={dc} />
        </section>
      )}
    </>
  );
}

function SignedIn({ dc }: { readonly dc: string }) {
  const self = useQuery<AclToken>('/v1/acl/token/self', { query: { dc } });
  return (
    <>
      <PageHeader title="You are signed in" />
      <AclAnswered answer={self} dc={dc} what="your token">
        {(token) => (
          <section class="panel">
            <dl class="facts">
              <dt>Token</dt>
              <dd>
                <Link to={pathOf(dc, 'acls', 'tokens', token.AccessorID)}>{tokenName(token)}</Link>
              </dd>
              <dt>Accessor ID</dt>
              <dd class="code">{token.AccessorID}</dd>
              <dt>Grants</dt>
              <dd class="wrap-tags">
                <GrantTags record={token} />
              </dd>
            </dl>
            <div class="actions acl-actions">
              <button type="button" onClick={signOut}>
                Sign out
              </button>
            </div>
          </section>
        )}
      </AclAnswered>
    </>
  );
}
