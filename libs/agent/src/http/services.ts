import { agentServiceRoutes, decodeServiceDefinition } from '@mesh/api-contract';
import { anything, invalid, MeshError, parseDuration } from '@mesh/base';
import { keepMatching, nodeServiceFilter } from '@mesh/catalog';
import {
  type BoundRoute,
  decodeJsonBody,
  emptyReply,
  implement,
  jsonReply,
  type Reply,
  type RequestContext,
} from '@mesh/resource';
import type { LocalState } from '../local-state/local-state.ts';
import { decodeDefinition } from './definition-body.ts';
import type { AgentHttpDeps } from './deps.ts';
import { healthById, healthByName } from './health.ts';
import { enableParameter, switchParameter } from './parameters.ts';
import { contentHash, serviceJson } from './service-json.ts';

/** Handlers of /v1/agent/service, services and health. */
export function serviceHandlers(deps: AgentHttpDeps): readonly BoundRoute[] {
  const { state, registrar } = deps;
  return implement(agentServiceRoutes, {
    services: ({ filter }) => {
      const rows = state.listServices().map(({ service }) => service);
      const out: Record<string, unknown> = Object.create(null);
      for (const service of keepMatching(rows, filter, nodeServiceFilter)) {
        out[service.ID] = serviceJson(service);
      }
      return jsonReply(out);
    },
    service: (request) => showService(deps, request),
    register: async ({ body, token, query }) => {
      const raw = decodeJsonBody(body, anything);
      const definition = decodeDefinition(raw, decodeServiceDefinition);
      await registrar.registerService(definition, {
        source: 'api',
        token,
        raw,
        replaceChecks: switchParameter(query, 'replace-existing-checks'),
      });
      return emptyReply();
    },
    deregister: async ({ params }) => {
      const id = params['id'] ?? '';
      if (id === '') throw invalid('ServiceID missing');
      await registrar.deregisterService(id);
      return emptyReply();
    },
    maintenance: async ({ params, query, token }) => {
      const id = params['id'] ?? '';
      if (id === '') throw invalid('Missing service ID');
      const enable = enableParameter(query);
      await registrar.setServiceMaintenance(id, enable, query.get('reason') ?? '', token);
      return emptyReply();
    },
    healthById: (request) => healthById(state, request),
    healthByName: (request) => healthByName(state, request),
  });
}

/** One instance; with ?hash the answer waits until its content differs from that. */
async function showService(deps: AgentHttpDeps, request: RequestContext): Promise<Reply> {
  const { state } = deps;
  const id = request.params['id'] ?? '';
  const hash = request.query.get('hash') ?? '';
  const waitMs = waitOf(deps, request.query.get('wait'));
  const current = () => {
    const entry = state.service(id);
    return entry && contentHash(entry.service);
  };
  if (hash !== '' && current() === hash) {
    await changeOf(deps, request.signal, waitMs, state, () => current() !== hash);
  }
  const entry = state.service(id);
  if (!entry) throw new MeshError('not-found', `unknown service ID: ${id}`);
  const ContentHash = contentHash(entry.service);
  const { Proxy: proxy, Connect: connect, ...shown } = serviceJson(entry.service);
  const value = {
    ...shown,
    ContentHash,
    ...(proxy !== undefined && { Proxy: proxy }),
    ...(connect !== undefined && { Connect: connect }),
  };
  return jsonReply(value, { 'X-Consul-ContentHash': ContentHash });
}

/** ?wait=, within the configured bounds. */
function waitOf({ config }: AgentHttpDeps, text: string | undefined): number {
  const { defaultQueryTimeMs, maxQueryTimeMs } = config();
  if (text === undefined || text === '') return defaultQueryTimeMs;
  const waitMs = parseDuration(text);
  if (waitMs === undefined || waitMs < 0) {
    throw invalid(`Invalid wait time "${text}", accepted are durations such as 30s`);
  }
  return waitMs === 0 ? defaultQueryTimeMs : Math.min(waitMs, maxQueryTimeMs);
}

/** Resolves when `changed` holds after a change of the state, after `waitMs`, or on abort. */
function changeOf(
  { platform }: AgentHttpDeps,
  signal: AbortSignal,
  waitMs: number,
  state: LocalState,
  changed: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      unsubscribe();
      timer.cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = platform.timers.after(waitMs, finish);
    const unsubscribe = state.subscribe(() => {
      if (changed()) finish();
    });
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
