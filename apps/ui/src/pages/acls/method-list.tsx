import type { AclAuthMethod } from '@mesh/api-contract';
import { Link } from '../../routing/link.tsx';
import { AclList } from './acl-list.tsx';
import { methodPath } from './acl-routes.ts';

const KEYS = ['type'] as const;
const searchable = ({ Name, DisplayName, Type, Description }: AclAuthMethod) => ({
  texts: [Name, DisplayName ?? '', Description ?? ''],
  keyed: { type: [Type] },
});
const keyOf = ({ Name }: AclAuthMethod) => Name;

/** Auth methods: how programs and people prove who they are to get a token. */
export function MethodList({ dc }: { readonly dc: string }) {
  return (
    <AclList<AclAuthMethod>
      dc={dc}
      section="auth-methods"
      title="Auth methods"
      path="/v1/acl/auth-methods"
      what="auth methods"
      placeholder="Search: name or description, type:jwt"
      searchKeys={KEYS}
      searchable={searchable}
      keyOf={keyOf}
      orderOf={keyOf}
      empty="With one, whoever has a JWT, or runs in Kubernetes, may log in for a token."
    >
      {({ Name, DisplayName, Type, Description }) => (
        <div class="row">
          <Link to={methodPath(dc, Name)} class="row-name">
            {DisplayName || Name}
          </Link>
          <span class="row-facts">
            <span class="kind">{Type}</span>
            {DisplayName && <span class="code">{Name}</span>}
            <span class="acl-description">{Description}</span>
          </span>
        </div>
      )}
    </AclList>
  );
}
