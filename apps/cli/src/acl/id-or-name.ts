import { CommandError } from '@mesh/cli-kit';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { Lookup, type RecordKind } from './lookup.ts';

/**
 * Whole ID of the record that -id or -name tells; exactly one of the two must be given.
 * @throws CommandError
 */
export async function idOfEither(
  api: () => AgentApi,
  kind: RecordKind,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<string> {
  if (id === '' && name === '') {
    throw new CommandError('Must specify either the -id or -name parameters');
  }
  if (id !== '' && name !== '') {
    throw new CommandError('Only one of the -id and -name parameters may be given');
  }
  const lookup = new Lookup(api(), kind);
  return id === '' ? lookup.idOfName(name) : lookup.id(id);
}
