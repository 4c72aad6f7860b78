import { operatorRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import {
  type BoundRoute,
  type CallOptions,
  emptyReply,
  implement,
  jsonReply,
  type QueryParameters,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import {
  autopilotGetConfiguration,
  autopilotSetConfiguration,
  raftGetConfiguration,
  raftRemovePeer,
  serverHealth,
} from './endpoint.ts';
import { keyringHttpRoutes } from './keyring/http.ts';
import type { PeerName } from './raft.ts';
import { decodeSettings } from './settings.ts';

/** What the handlers need. */
export interface OperatorHttpDeps {
  readonly rpc: Rpc;
}

const MAX_UNSIGNED = 18_446_744_073_709_551_615n;
/** "Too Many Requests", as the original tells of a cluster that is not well. */
const UNHEALTHY = 429;

/** Handlers of the operator routes. */
export function operatorHttpRoutes({ rpc }: OperatorHttpDeps): readonly BoundRoute[] {
  const servers = implement(operatorRoutes, {
    raftConfiguration: async (request) => {
      const isStale = request.readOptions.consistency === 'stale';
      const options = callOptions(request, isStale ? 'any' : 'leader');
      return jsonReply(await rpc.call(raftGetConfiguration, {}, options));
    },
    raftRemovePeer: async (request) => {
      await rpc.call(raftRemovePeer, peerOf(request.query), callOptions(request, 'leader'));
      return emptyReply();
    },
    autopilotConfiguration: async ({ readOptions }) => {
      const { value } = await rpc.read(autopilotGetConfiguration, {}, readOptions);
      return jsonReply(value);
    },
    autopilotSetConfiguration: async ({ body, query, writeOptions }) => {
      const args = { settings: decodeSettings(body), cas: casOf(query) };
      return jsonReply(await rpc.write(autopilotSetConfiguration, args, writeOptions));
    },
    autopilotHealth: async (request) => {
      const health = await rpc.call(serverHealth, {}, callOptions(request, 'leader'));
      const status = health.Healthy ? 200 : UNHEALTHY;
      return { kind: 'json', status, value: health };
    },
  });
  return [...servers, ...keyringHttpRoutes(rpc)];
}

function callOptions(request: RequestContext, server: CallOptions['server']): CallOptions {
  const { datacenter, token } = request.writeOptions;
  return { datacenter, token, server, signal: request.signal };
}

function peerOf(query: QueryParameters): PeerName {
  const id = query.get('id') ?? '';
  const address = query.get('address') ?? '';
  if (id === '' && address === '') {
    throw invalid(
      "Bad request: Must specify either ?id with the server's ID or ?address with IP:port of peer to remove",
    );
  }
  if (id !== '' && address !== '') {
    throw invalid('Bad request: Must specify only one of ?id or ?address');
  }
  return id !== '' ? { id } : { address };
}

/** Null where none is given. What exceeds 2^53 is no index of ours, and matches none. */
function casOf(query: QueryParameters): number | null {
  const text = query.get('cas');
  if (text === undefined) return null;
  if (!/^\d{1,20}$/.test(text) || BigInt(text) > MAX_UNSIGNED) {
    throw invalid(`Bad request: Error parsing cas value: ${JSON.stringify(text)} is no index`);
  }
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}
