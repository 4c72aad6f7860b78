import type { UiServiceSummary } from '@mesh/api-contract';

/** A search, taken apart. All of its parts must match. */
export interface ServiceSearch {
  /** Parts of the name, in lower case. */
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly statuses: readonly string[];
}

/** Takes apart `web tag:blue status:critical`. */
export function parseServiceSearch(text: string): ServiceSearch {
  const names: string[] = [];
  const tags: string[] = [];
  const statuses: string[] = [];
  for (const word of text.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    if (word.startsWith('tag:')) tags.push(word.slice(4));
    else if (word.startsWith('status:')) statuses.push(word.slice(7));
    else names.push(word.startsWith('service:') ? word.slice(8) : word);
  }
  return { names, tags, statuses };
}

/** Whether a service is what a search is for. A status being typed matches what begins with it. */
export function matchesService(service: UiServiceSummary, search: ServiceSearch): boolean {
  const name = service.Name.toLowerCase();
  const tags = (service.Tags ?? []).map((tag) => tag.toLowerCase());
  const { ChecksPassing, ChecksWarning, ChecksCritical } = service;
  const present = [
    ...(ChecksCritical > 0 ? ['critical'] : []),
    ...(ChecksWarning > 0 ? ['warning'] : []),
    ...(ChecksPassing > 0 && ChecksWarning + ChecksCritical === 0 ? ['passing'] : []),
  ];
  return (
    search.names.every((part) => name.includes(part)) &&
    search.tags.every((wanted) => tags.some((tag) => tag.startsWith(wanted))) &&
    search.statuses.every((wanted) => present.some((status) => status.startsWith(wanted)))
  );
}
