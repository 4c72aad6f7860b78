import type { Intention } from '@mesh/api-contract';

/** A search over intentions, taken apart. All of its parts must match. */
export interface IntentionSearch {
  /** Parts of either name or the description, in lower case. */
  readonly words: readonly string[];
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly actions: readonly string[];
}

/** Takes apart `web source:api destination:* action:deny`. */
export function parseIntentionSearch(text: string): IntentionSearch {
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  const behind = (prefix: string) =>
    parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length));
  return {
    words: parts.filter((part) => !/^(source|destination|action):/.test(part)),
    sources: behind('source:'),
    destinations: behind('destination:'),
    actions: behind('action:'),
  };
}

/** Whether an intention is what a search is for. An action being typed matches what begins with it. */
export function matchesIntention(intention: Intention, search: IntentionSearch): boolean {
  const source = intention.SourceName.toLowerCase();
  const destination = intention.DestinationName.toLowerCase();
  const all = [source, destination, intention.Description.toLowerCase()];
  return (
    search.words.every((word) => all.some((text) => text.includes(word))) &&
    search.sources.every((part) => source.includes(part)) &&
    search.destinations.every((part) => destination.includes(part)) &&
    search.actions.every((action) => intention.Action.startsWith(action))
  );
}
