import { agentRoutes } from '@mesh/api-contract';
import { invalid, MeshError, record, text } from '@mesh/base';
import {
  type BoundRoute,
  decodeJsonBody,
  emptyReply,
  implement,
  jsonReply,
  type Reply,
  type RequestContext,
  textReply,
} from '@mesh/resource';
import { AgentTokens } from '../acl/agent-tokens.ts';
import { collectHost } from '../host-info.ts';
import type { AgentHttpDeps } from './deps.ts';
import { monitorReply } from './monitor.ts';
import { enableParameter, switchParameter } from './parameters.ts';

/** Names of proxy versions that the original supports; shown by self, used by nothing here. */
const XDS = { SupportedProxies: { envoy: ['1.14.5', '1.13.6', '1.12.7', '1.11.2'] } } as const;

/** Handlers of the other routes of /v1/agent. */
export function agentHandlers(deps: AgentHttpDeps): readonly BoundRoute[] {
  const { membership, registrar, actions, metrics } = deps;
  return implement(agentRoutes, {
    self: () => jsonReply(selfJson(deps)),
    members: ({ query }) => {
      requireKnownSegment(query.get('segment') ?? '');
      const wan = switchParameter(query, 'wan');
      return jsonReply(wan ? membership.wanMembers() : membership.members());
    },
    reload: async () => {
      await actions.reload();
      return emptyReply();
    },
    leave: async () => {
      await actions.leave();
      return emptyReply();
    },
    join: async ({ params, query }) => {
      const address = params['address'] ?? '';
      if (address === '') throw invalid('Missing address to join');
      await membership.join([address], switchParameter(query, 'wan'));
      return emptyReply();
    },
    forceLeave: async ({ params, query }) => {
      const node = params['node'] ?? '';
      if (node === '') throw invalid('Missing node name');
      await membership.forceLeave(node, switchParameter(query, 'prune'));
      return emptyReply();
    },
    maintenance: async ({ query, token }) => {
      await registrar.setNodeMaintenance(enableParameter(query), query.get('reason') ?? '', token);
      return emptyReply();
    },
    monitor: ({ query }) => monitorReply(deps, query),
    metrics: ({ query }) => {
      if (query.get('format') !== 'prometheus') return jsonReply(metrics.snapshot());
      return {
        kind: 'bytes',
        status: 200,
        bytes: Buffer.from(metrics.prometheus()),
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
      };
    },
    host: async () => jsonReply(await collectHost(deps.platform.clock)),
    token: (request) => setToken(deps, request),
    pprof: (request) => pprof(deps, request),
  });
}

const tokenBody = record({ Token: text });

/** Sets one of the tokens that this agent uses. */
async function setToken(
  { hasAcls, tokens, logger }: AgentHttpDeps,
  { params, body }: RequestContext,
): Promise<Reply> {
  if (!hasAcls) throw new MeshError('unauthenticated', 'ACL support disabled');
  const { Token } = decodeJsonBody(body, tokenBody);
  const name = params['kind'] ?? '';
  const kind = AgentTokens.kindOf(name);
  if (!kind) {
    throw new MeshError(
      'not-found',
      `Token "${name}" is unknown, accepted are default, agent, agent_master and replication`,
    );
  }
  await tokens.set(kind, Token);
  logger.info('Updated agent token', { kind: name });
  return emptyReply();
}

function selfJson(deps: AgentHttpDeps): unknown {
  const { membership, version, stats } = deps;
  const config = deps.config();
  const Coord = config.disableCoordinates ? undefined : deps.coordinate();
  return {
    Config: {
      Datacenter: config.datacenter,
      NodeName: config.nodeName,
      NodeID: config.nodeId,
      Revision: '',
      Server: config.server,
      Version: version,
    },
    DebugConfig: config.debugConfig,
    ...(Coord && { Coord }),
    Member: membership.local(),
    Stats: stats(),
    Meta: nodeMetaOf(config),
    xDS: XDS,
  };
}

/** Metadata of the agent's node: what is configured and the network segment, sorted by key. */
export function nodeMetaOf(config: {
  readonly nodeMeta: Readonly<Record<string, string>>;
  readonly segment: string;
}): Readonly<Record<string, string>> {
  const meta = { ...config.nodeMeta, 'consul-network-segment': config.segment };
  return Object.fromEntries(Object.entries(meta).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The open edition has the default segment alone; `_all` is every one there is. */
function requireKnownSegment(segment: string): void {
  if (segment === '' || segment === '_all') return;
  throw new MeshError(
    'unsupported',
    `Network segments are not supported in this version of Consul, got "${segment}"`,
  );
}

/** Profiles of the Go runtime have no counterpart; the command line has. */
function pprof({ config }: AgentHttpDeps, { params }: RequestContext): Reply {
  if (!config().enableDebug) {
    throw new MeshError('unauthenticated', 'debugging is disabled, set enable_debug to allow it');
  }
  const profile = params['profile'] ?? '';
  if (profile === 'cmdline') return textReply(200, ['consul', ...process.argv.slice(2)].join('\0'));
  return textReply(404, `Unknown profile "${profile.slice(0, 64)}", accepted is cmdline`);
}
