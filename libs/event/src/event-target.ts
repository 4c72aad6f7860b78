import type { UserEvent } from '@mesh/api-contract';
import { compilePattern } from '@mesh/filter';

/** Version of events that this agent understands; newer ones are for newer agents. */
const MAX_VERSION = 1;

/** Which of an agent's services an event may be for. */
export interface LocalServices {
  readonly nodeName: string;
  /**
   * Names of the services on this agent; a service filter is a pattern over them. Where absent, a
   * filter means the one service of that name.
   */
  serviceNames?(): readonly string[];
  /** Tags of each instance of a service on this agent; empty when it has none. */
  tagsOf(service: string): readonly (readonly string[])[];
}

/**
 * Whether an event is meant for the agent with these services. Filters come from the network and are
 * evaluated in linear time.
 */
export function isMeantFor(event: UserEvent, local: LocalServices): boolean {
  if (event.Version > MAX_VERSION) return false;
  const { NodeFilter, ServiceFilter, TagFilter } = event;
  if (NodeFilter !== '' && !predicate(NodeFilter)(local.nodeName)) return false;
  if (ServiceFilter === '') return true;
  const hasTag = TagFilter === '' ? undefined : predicate(TagFilter);
  return namesMatching(ServiceFilter, local)
    .flatMap((name) => local.tagsOf(name))
    .some((tags) => !hasTag || tags.some(hasTag));
}

function namesMatching(filter: string, local: LocalServices): readonly string[] {
  const names = local.serviceNames?.();
  return names ? names.filter(predicate(filter)) : [filter];
}

/** A pattern from elsewhere may be one that we cannot read, or too costly: it then matches nothing. */
function predicate(pattern: string): (text: string) => boolean {
  try {
    const compiled = compilePattern(pattern);
    return (text) => {
      try {
        return compiled.test(text);
      } catch {
        return false;
      }
    };
  } catch {
    return () => false;
  }
}
