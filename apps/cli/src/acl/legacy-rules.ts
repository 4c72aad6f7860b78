import { CommandError } from '@mesh/cli-kit';
import { type AgentApi, type CallOptions, parseJson, success } from '../agent-api/agent-api.ts';
import { attempt } from '../command.ts';
import { Lookup, TOKENS } from './lookup.ts';
import type { Token } from './records.ts';

/** Path that translates rules; with an accessor behind it, those of a token. */
export const TRANSLATE = '/v1/acl/rules/translate';

/** A token of before 1.4, as a person names it. */
export interface LegacyToken {
  readonly text: string;
  /** `text` is its secret, not its accessor. */
  readonly isSecret: boolean;
}

/** Rules of a token of before 1.4, in today's syntax. @throws CommandError */
export async function rulesOfLegacyToken(
  api: AgentApi,
  { text, isSecret }: LegacyToken,
): Promise<string> {
  const named = text.trim();
  if (named === '') throw new CommandError('The token that holds the rules is empty');
  const accessor = isSecret
    ? await attempt('Error reading the token', accessorOfSecret(api, named))
    : await new Lookup(api, TOKENS).id(named);
  const work = get(api, `${TRANSLATE}/${encodeURIComponent(accessor)}`);
  const answer = await attempt(`Error translating the rules of token "${accessor}"`, work);
  return answer.body.toString('utf8');
}

/** A token may always read itself. */
async function accessorOfSecret(api: AgentApi, secret: string): Promise<string> {
  const path = `${TOKENS.one}/self`;
  // A line break in a header would let its author write headers of his own.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new Error('a secret has no spaces and no line breaks');
  const answer = await get(api, path, { headers: { 'X-Consul-Token': secret } });
  return parseJson<Token>(path, answer).AccessorID;
}

async function get(api: AgentApi, path: string, options: CallOptions = {}) {
  return success(await api.call('GET', path, options));
}
