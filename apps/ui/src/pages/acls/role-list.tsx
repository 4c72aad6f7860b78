import type { AclRole } from '@mesh/api-contract';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { AclList } from './acl-list.tsx';
import { GRANT_KEYS, searchableGrants } from './acl-search.ts';
import { GrantTags } from './grant-tags.tsx';

const searchable = (role: AclRole) => searchableGrants(role, role.ID, role.Name, role.Description);
const keyOf = ({ ID }: AclRole) => ID;
const orderOf = ({ Name }: AclRole) => Name;

/** Roles: policies and identities with a name. */
export function RoleList({ dc }: { readonly dc: string }) {
  return (
    <AclList<AclRole>
      dc={dc}
      section="roles"
      title="Roles"
      path="/v1/acl/roles"
      what="roles"
      placeholder="Search: name, description or ID, policy:app, service:web, node:n1"
      searchKeys={GRANT_KEYS}
      searchable={searchable}
      keyOf={keyOf}
      orderOf={orderOf}
      empty="A role gathers policies and identities, for many tokens at once."
    >
      {(role) => (
        <div class="row">
          <Link to={pathOf(dc, 'acls', 'roles', role.ID)} class="row-name">
            {role.Name}
          </Link>
          <span class="row-facts">
            <GrantTags record={role} />
            <span class="acl-description">{role.Description}</span>
          </span>
        </div>
      )}
    </AclList>
  );
}
