import type { Intention } from '@mesh/api-contract';

/** Stands for every service. */
export const WILDCARD = '*';
const DEFAULT_NAMESPACE = 'default';

/** How exactly a side says whom it means: 0 anybody, 1 any name of a namespace, 2 one name. */
function exactness(namespace: string, name: string): number {
  if (namespace === WILDCARD) return 0;
  return name === WILDCARD ? 1 : 2;
}

/** The precedence that an intention will be given, 1 to 9: its destination counts first. */
export function precedenceOf(
  names: Pick<Intention, 'SourceNS' | 'SourceName' | 'DestinationNS' | 'DestinationName'>,
): number {
  const source = exactness(names.SourceNS, names.SourceName);
  return 3 * exactness(names.DestinationNS, names.DestinationName) + 1 + source;
}

/** A side as people read it: names of the default namespace stand alone. */
export function sideText(namespace: string, name: string): string {
  if (namespace !== DEFAULT_NAMESPACE) return `${namespace}/${name}`;
  return name === WILDCARD ? 'All services (*)' : name;
}

/** What a precedence means among the others. */
export function precedenceMeaning(precedence: number): string {
  switch (precedence) {
    case 9:
      return 'Exact on both sides: decides before any with a wildcard.';
    case 8:
      return 'Decides for all sources that no exact intention names.';
    case 6:
      return 'Decides for its source where no intention names the destination.';
    case 5:
      return 'Decides where no other intention matches.';
    default:
      return 'Those of a higher precedence decide first.';
  }
}
