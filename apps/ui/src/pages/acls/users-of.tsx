import type { AclToken } from '@mesh/api-contract';
import { useQuery } from '../../api/use-query.ts';
import { Answered } from '../../components/data-states.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { tokenName } from './token-draft.ts';

/** More are counted, not named. */
const MAX_NAMED = 100;

interface UsersOfProps {
  readonly dc: string;
  /** By which it is asked for tokens. */
  readonly by: 'policy' | 'role' | 'authmethod';
  readonly id: string;
}

/** Tokens that a policy, a role or an auth method stands in. */
export function UsersOf({ dc, by, id }: UsersOfProps) {
  const tokens = useQuery<readonly AclToken[] | null>('/v1/acl/tokens', {
    query: { dc, [by]: id },
  });
  return (
    <section class="panel acl-users" aria-labelledby="users">
      <h2 id="users">Tokens with it</h2>
      <Answered answer={tokens} what="tokens">
        {(found) => {
          const all = found ?? [];
          if (all.length === 0) return <p>No token has it.</p>;
          return (
            <ul>
              {all.slice(0, MAX_NAMED).map((token) => (
                <li key={token.AccessorID}>
                  <Link to={pathOf(dc, 'acls', 'tokens', token.AccessorID)}>
                    {tokenName(token)}
                  </Link>
                </li>
              ))}
              {all.length > MAX_NAMED && <li>and {all.length - MAX_NAMED} more</li>}
            </ul>
          );
        }}
      </Answered>
    </section>
  );
}
