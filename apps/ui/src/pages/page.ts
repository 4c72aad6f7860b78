import type { ComponentType } from 'preact';
import type { Params } from '../routing/place.ts';

/** What every page is given. */
export interface PageProps {
  /** Datacenter of the path; of pages without one, the last shown. */
  readonly dc: string;
  /** Named segments of the path, decoded; `rest` is as it stands in the address. */
  readonly params: Params;
}

/** A page: a pattern of paths, and the file that is loaded when one of them is first shown. */
export interface Page {
  readonly pattern: string;
  /** Entry of the navigation that it belongs to. */
  readonly section: 'services' | 'nodes' | 'kv' | 'acls' | 'intentions' | 'settings' | '';
  load(): Promise<{ readonly default: ComponentType<PageProps> }>;
}
