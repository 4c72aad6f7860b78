import type { AclPolicy } from '@mesh/api-contract';
import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';
import { AclList } from './acl-list.tsx';
import { MANAGEMENT_ID } from './policy-draft.ts';

const KEYS = ['datacenter'] as const;
const searchable = ({ ID, Name, Description, Datacenters }: AclPolicy) => ({
  texts: [ID, Name, Description],
  keyed: { datacenter: Datacenters ?? [] },
});
const keyOf = ({ ID }: AclPolicy) => ID;
const orderOf = ({ Name }: AclPolicy) => Name;

/** Policies: rules with a name. */
export function PolicyList({ dc }: { readonly dc: string }) {
  return (
    <AclList<AclPolicy>
      dc={dc}
      section="policies"
      title="Policies"
      path="/v1/acl/policies"
      what="policies"
      placeholder="Search: name, description or ID, datacenter:dc1"
      searchKeys={KEYS}
      searchable={searchable}
      keyOf={keyOf}
      orderOf={orderOf}
      empty="A policy holds rules; tokens and roles point to it."
    >
      {({ ID, Name, Description, Datacenters }) => (
        <div class="row">
          <Link to={pathOf(dc, 'acls', 'policies', ID)} class="row-name">
            {Name}
          </Link>
          <span class="row-facts">
            {ID === MANAGEMENT_ID && <span class="kind">built in</span>}
            <span>{(Datacenters ?? []).join(', ') || 'All datacenters'}</span>
            <span class="acl-description">{Description}</span>
          </span>
        </div>
      )}
    </AclList>
  );
}
