import type { Intention } from '@mesh/api-contract';
import { CommandError } from '@mesh/cli-kit';
import type { AgentApi } from './agent-api/agent-api.ts';
import { attempt } from './command.ts';

export const INTENTIONS = '/v1/connect/intentions';

/** What tells one intention from another for a person. */
export type IntentionSummary = Pick<Intention, 'SourceName' | 'DestinationName' | 'Action'> &
  Partial<Pick<Intention, 'SourceNS' | 'DestinationNS'>>;

/** `web => db (deny)`; a namespace shows where it is not the default one. */
export function intentionLine(intention: IntentionSummary): string {
  const { SourceNS, SourceName, DestinationNS, DestinationName, Action } = intention;
  return `${named(SourceNS, SourceName)} => ${named(DestinationNS, DestinationName)} (${Action})`;
}

function named(namespace: string | undefined, name: string): string {
  return namespace && namespace !== 'default' ? `${namespace}/${name}` : name;
}

/** A name with its namespace, as `-source NAME` or `NAMESPACE/NAME` on the command line. */
export function parseName(text: string): { readonly namespace: string; readonly name: string } {
  const parts = text.split('/');
  if (parts.length > 2) {
    throw new CommandError(`Invalid name "${text}": accepted are NAME and NAMESPACE/NAME`);
  }
  const [first, second] = parts as [string, string?];
  return second === undefined
    ? { namespace: 'default', name: first }
    : { namespace: first, name: second };
}

/** The intention that joins two names, if it is there. */
export async function findIntention(
  api: AgentApi,
  source: string,
  destination: string,
): Promise<Intention | undefined> {
  const from = parseName(source);
  const to = parseName(destination);
  const all = (await api.get<readonly Intention[] | null>(INTENTIONS)) ?? [];
  return all.find(
    (one) =>
      one.SourceNS === from.namespace &&
      one.SourceName === from.name &&
      one.DestinationNS === to.namespace &&
      one.DestinationName === to.name,
  );
}

/** Id of the intention that the arguments name, by id or by its two names. */
export async function intentionId(api: AgentApi, args: readonly string[]): Promise<string> {
  const [first, second] = args;
  if (args.length === 1) return first!;
  if (args.length !== 2) {
    throw new CommandError('Error: command requires exactly 1 or 2 arguments: ID, or SRC and DST');
  }
  const intention = await attempt('Error', findIntention(api, first!, second!));
  if (intention) return intention.ID;
  throw new CommandError(
    `Error: Intention with source "${first}" and destination "${second}" not found.`,
  );
}
