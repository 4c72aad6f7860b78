import { Link } from '../../routing/link.tsx';
import { pathOf } from '../../routing/place.ts';

const SECTIONS = [
  ['tokens', 'Tokens'],
  ['policies', 'Policies'],
  ['roles', 'Roles'],
  ['auth-methods', 'Auth methods'],
] as const;

/** Path segment of a kind of records. */
export type AclSection = (typeof SECTIONS)[number][0];

interface AclSectionsProps {
  readonly dc: string;
  readonly current: AclSection;
}

/** The kinds of records that ACLs are made of. */
export function AclSections({ dc, current }: AclSectionsProps) {
  return (
    <nav class="acl-sections" aria-label="Parts of the ACLs">
      <ul>
        {SECTIONS.map(([id, title]) => (
          <li key={id}>
            <Link to={pathOf(dc, 'acls', id)} current={id === current}>
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
