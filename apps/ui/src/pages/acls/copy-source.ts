import { pathOf } from '../../routing/place.ts';
import type { AclSection } from './acl-sections.tsx';

/** Address of the page that creates a record as a copy of another. */
export function copyPath(dc: string, section: AclSection, id: string): string {
  return `${pathOf(dc, 'acls', section, 'create')}?copy=${encodeURIComponent(id)}`;
}

/** The record that the address asks to copy; undefined for none. */
export function copySource(search: string): string | undefined {
  return new URLSearchParams(search).get('copy') || undefined;
}
