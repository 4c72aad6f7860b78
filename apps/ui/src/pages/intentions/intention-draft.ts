import type { Intention, IntentionAction } from '@mesh/api-contract';
import { WILDCARD } from './precedence.ts';

/** What the form of an intention holds. */
export interface IntentionDraft {
  readonly source: string;
  readonly destination: string;
  readonly action: IntentionAction;
  readonly description: string;
}

/** The parts of an intention that the form does not show, but keeps. */
export type IntentionRest = Pick<
  Intention,
  'SourceNS' | 'DestinationNS' | 'SourceType' | 'DefaultAddr' | 'DefaultPort' | 'Meta'
>;

/** Those of a new one. */
export const NEW_REST: IntentionRest = {
  SourceNS: 'default',
  DestinationNS: 'default',
  SourceType: 'consul',
  DefaultAddr: '',
  DefaultPort: 0,
  Meta: {},
};

/** Limits of the agent, characters. */
const MAX_NAME = 512;
const MAX_DESCRIPTION = 512;

/** What may be edited of an intention. */
export function draftOf(intention: Intention): IntentionDraft {
  return {
    source: intention.SourceName,
    destination: intention.DestinationName,
    action: intention.Action,
    description: intention.Description,
  };
}

/** What a query string such as `?destination=web` asks a new intention to begin with. */
export function draftOfSearch(search: string): IntentionDraft {
  const query = new URLSearchParams(search);
  return {
    source: query.get('source') ?? '',
    destination: query.get('destination') ?? '',
    action: query.get('action') === 'deny' ? 'deny' : 'allow',
    description: '',
  };
}

/** The body of the request that saves it. */
export function bodyOf(draft: IntentionDraft, rest: IntentionRest) {
  return {
    ...rest,
    SourceName: draft.source.trim(),
    DestinationName: draft.destination.trim(),
    Action: draft.action,
    Description: draft.description,
  };
}

/** What is wrong, by field; undefined for what is well. */
export type IntentionProblems = Readonly<
  Record<'source' | 'destination' | 'description', string | undefined>
>;

/** What the agent would refuse. */
export function problemsOf(draft: IntentionDraft): IntentionProblems {
  return {
    source: nameProblem(draft.source.trim()),
    destination: nameProblem(draft.destination.trim()),
    description:
      draft.description.length > MAX_DESCRIPTION
        ? `${draft.description.length} characters, at most ${MAX_DESCRIPTION} are accepted.`
        : undefined,
  };
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'Enter the name of a service, or * for all services.';
  if (name !== WILDCARD && name.includes(WILDCARD)) {
    return 'A wildcard stands alone: * for all services, or a name without it.';
  }
  return name.length > MAX_NAME
    ? `${name.length} characters, at most ${MAX_NAME} are accepted.`
    : undefined;
}
