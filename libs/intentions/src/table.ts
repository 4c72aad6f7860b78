import type { Intention } from '@mesh/api-contract';
import { compositeKey, defineTable } from '@mesh/state';
import type { QualifiedName } from './types.ts';

/** Intentions by id; also by each of their sides, and by both. */
export const intentions = defineTable<Intention>({
  name: 'intentions',
  id: (intention) => intention.ID,
  indexes: {
    source: (intention) => nameKey(sourceOf(intention)),
    destination: (intention) => nameKey(destinationOf(intention)),
    pair: (intention) => pairKey(sourceOf(intention), destinationOf(intention)),
  },
});

export function sourceOf({
  SourceNS,
  SourceName,
}: Pick<Intention, 'SourceNS' | 'SourceName'>): QualifiedName {
  return { namespace: SourceNS, name: SourceName };
}

export function destinationOf({
  DestinationNS,
  DestinationName,
}: Pick<Intention, 'DestinationNS' | 'DestinationName'>): QualifiedName {
  return { namespace: DestinationNS, name: DestinationName };
}

/** Secondary key of a side; names know case. */
export function nameKey({ namespace, name }: QualifiedName): string {
  return compositeKey(namespace, name);
}

export function pairKey(source: QualifiedName, destination: QualifiedName): string {
  return compositeKey(source.namespace, source.name, destination.namespace, destination.name);
}
