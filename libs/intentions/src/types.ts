import type { Intention } from '@mesh/api-contract';

/** What a client asks for; the rest is given by the server. */
export type IntentionRequest = Pick<
  Intention,
  | 'ID'
  | 'Description'
  | 'SourceNS'
  | 'SourceName'
  | 'DestinationNS'
  | 'DestinationName'
  | 'SourceType'
  | 'DefaultAddr'
  | 'DefaultPort'
  | 'Meta'
> & { readonly Action: string };

/** An intention as it stands in the log: complete, its indexes yet to come. */
export type NewIntention = Omit<Intention, 'CreateIndex' | 'ModifyIndex'>;

/** Which side of an intention a name is matched with. */
export type MatchBy = 'source' | 'destination';

/** A service's name with its namespace. */
export interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

export const DEFAULT_NAMESPACE = 'default';

/** `name` or `namespace/name`. */
export function qualifiedName(text: string): QualifiedName {
  const slash = text.indexOf('/');
  if (slash < 0) return { namespace: DEFAULT_NAMESPACE, name: text };
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** The two names of an intention, `name` or `namespace/name`. */
export interface IntentionPair {
  readonly source: string;
  readonly destination: string;
}
