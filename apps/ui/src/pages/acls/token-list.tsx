import type { AclToken } from '@mesh/api-contract';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { useObservable } from '../../settings/observable.ts';
import { session } from '../../settings/session.ts';
import { AclList } from './acl-list.tsx';
import { GRANT_KEYS, searchableGrants } from './acl-search.ts';
import { GrantTags } from './grant-tags.tsx';
import { formattedTime } from './time.ts';
import { tokenName } from './token-draft.ts';

const searchable = (token: AclToken) =>
  searchableGrants(token, token.AccessorID, tokenName(token), token.AuthMethod ?? '');
const keyOf = ({ AccessorID }: AclToken) => AccessorID;
/** The newest first, as in time: later indexes come first. */
const orderOf = ({ CreateIndex }: AclToken) => String(1e15 - CreateIndex).padStart(16, '0');

/** Tokens of a datacenter. */
export function TokenList({ dc }: { readonly dc: string }) {
  return (
    <AclList<AclToken>
      dc={dc}
      section="tokens"
      title="Tokens"
      path="/v1/acl/tokens"
      what="tokens"
      placeholder="Search: text or ID, policy:app, role:ops, service:web, node:n1"
      searchKeys={GRANT_KEYS}
      searchable={searchable}
      keyOf={keyOf}
      orderOf={orderOf}
      empty="Create one for every program and person that uses the API."
    >
      {(token) => <Row dc={dc} token={token} />}
    </AclList>
  );
}

function Row({ dc, token }: { readonly dc: string; readonly token: AclToken }) {
  const isMine = useObservable(session)?.accessorId === token.AccessorID;
  return (
    <div class="row">
      <Link to={pathOf(dc, 'acls', 'tokens', token.AccessorID)} class="row-name">
        {tokenName(token)}
      </Link>
      <span class="row-facts">
        {isMine && <span class="badge badge-passing">Yours</span>}
        {token.Legacy && <span class="badge badge-warning">Legacy</span>}
        <GrantTags record={token} />
        {token.Local && <span class="kind">local</span>}
        {token.ExpirationTime !== undefined && (
          <span>until {formattedTime(token.ExpirationTime)}</span>
        )}
      </span>
    </div>
  );
}
