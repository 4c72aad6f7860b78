import { keyringRoutes } from '@mesh/api-contract';
import { invalid, MeshError, record, text } from '@mesh/base';
import {
  type BoundRoute,
  type CallOptions,
  decodeJsonBody,
  emptyReply,
  type Handler,
  implement,
  jsonReply,
  type QueryParameters,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import {
  type KeyringAnswer,
  type KeyringChangeArgs,
  keyringList,
  keyringOperation,
} from './endpoint.ts';
import { MAX_RELAY_FACTOR } from './relay-factor.ts';

const keyBody = record({ Key: text }, { snakeCase: false });
/** Go's strconv.ParseBool. */
const TRUE_WORDS: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE_WORDS: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** Handlers of the keyring routes. */
export function keyringHttpRoutes(rpc: Rpc): readonly BoundRoute[] {
  const change =
    (operation: KeyringChangeArgs['operation']): Handler =>
    async (request) => {
      const { query } = request;
      const key = keyOf(request);
      const relayFactor = relayFactorOf(query);
      if (localOnlyOf(query)) {
        throw refusal('Invalid use of local-only: local-only can only be set for list requests');
      }
      const args = { operation, key, relayFactor, localOnly: false };
      requireSuccess(await rpc.call(keyringOperation, args, callOptions(request)));
      return emptyReply();
    };
  return implement(keyringRoutes, {
    list: async (request) => {
      const { query } = request;
      const args = { relayFactor: relayFactorOf(query), localOnly: localOnlyOf(query) };
      const answers = await rpc.call(keyringList, args, callOptions(request));
      requireSuccess(answers);
      return jsonReply(answers);
    },
    install: change('install'),
    use: change('use'),
    remove: change('remove'),
  });
}

/** The server of the agent's own datacenter that is asked speaks to all others. */
function callOptions({ token, signal }: RequestContext): CallOptions {
  return { datacenter: '', token, server: 'any', signal };
}

/** One line for each pool that failed, and one for each of its members that has something to say. */
function requireSuccess(answers: readonly KeyringAnswer[]): void {
  const lines = answers.flatMap(({ WAN, Datacenter, Messages, Error: error }) => {
    if (error === undefined) return [];
    const remarks = Object.entries(Messages ?? {}).map(([member, text]) => `${member}: ${text}`);
    return [`${WAN ? 'WAN' : `${Datacenter} (LAN)`} error: ${error}`, ...remarks];
  });
  if (lines.length === 0) return;
  const count = lines.length === 1 ? '1 error' : `${lines.length} errors`;
  const list = lines.map((line) => `\t* ${line}\n`).join('');
  throw new MeshError('internal', `${count} occurred:\n${list}\n`);
}

function keyOf({ body }: RequestContext): string {
  try {
    return decodeJsonBody(body, keyBody).Key;
  } catch (thrown) {
    throw refusal(MeshError.from(thrown).message);
  }
}

function relayFactorOf(query: QueryParameters): number {
  const given = query.get('relay-factor') ?? '';
  if (given === '') return 0;
  if (!/^[+-]?\d{1,18}$/.test(given)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(given)}: invalid syntax`;
    throw refusal(`Error parsing relay factor: ${why}`);
  }
  const factor = Number(given);
  if (factor < 0 || factor > MAX_RELAY_FACTOR) {
    const range = `[0, ${MAX_RELAY_FACTOR}]`;
    throw refusal(`Invalid relay-factor: Relay factor must be in range: ${range}`);
  }
  return factor;
}

function localOnlyOf(query: QueryParameters): boolean {
  const given = query.get('local-only') ?? '';
  if (given === '' || FALSE_WORDS.includes(given)) return false;
  if (TRUE_WORDS.includes(given)) return true;
  const why = `strconv.ParseBool: parsing ${JSON.stringify(given)}: invalid syntax`;
  throw refusal(`Error parsing local-only: ${why}`);
}

function refusal(why: string): MeshError {
  return invalid(`Bad request: ${why}`);
}
