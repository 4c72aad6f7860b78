import { agentCheckRoutes, decodeCheckDefinition } from '@mesh/api-contract';
import { anything, invalid, record, text } from '@mesh/base';
import { checkFilter, keepMatching } from '@mesh/catalog';
import type { CheckResult } from '@mesh/health-checks';
import {
  type BoundRoute,
  decodeJsonBody,
  emptyReply,
  type Handler,
  implement,
  jsonReply,
} from '@mesh/resource';
import { decodeDefinition } from './definition-body.ts';
import type { AgentHttpDeps } from './deps.ts';

const updateBody = record({ Status: text, Output: text });
const STATUSES: readonly string[] = ['passing', 'warning', 'critical'];

/** Handlers of /v1/agent/check and checks. */
export function checkHandlers(deps: AgentHttpDeps): readonly BoundRoute[] {
  const { state, registrar } = deps;
  const report = async (checkId: string, status: string, output: string) => {
    if (checkId === '') throw invalid('Missing check ID');
    const result = { status: status as CheckResult['status'], output };
    await registrar.reportTtl(checkId, result);
    return emptyReply();
  };
  const ttl =
    (status: CheckResult['status']): Handler =>
    ({ params, query }) =>
      report(params['id'] ?? '', status, query.get('note') ?? '');
  return implement(agentCheckRoutes, {
    checks: ({ filter }) => {
      const rows = state.listChecks().map(({ check }) => check);
      const out: Record<string, unknown> = Object.create(null);
      for (const check of keepMatching(rows, filter, checkFilter)) out[check.CheckID] = check;
      return jsonReply(out);
    },
    register: async ({ body, token }) => {
      const raw = decodeJsonBody(body, anything);
      const definition = decodeDefinition(raw, decodeCheckDefinition);
      await registrar.registerCheck(definition, { source: 'api', token, raw });
      return emptyReply();
    },
    deregister: async ({ params }) => {
      const id = params['id'] ?? '';
      if (id === '') throw invalid('Missing check ID');
      await registrar.deregisterCheck(id);
      return emptyReply();
    },
    pass: ttl('passing'),
    warn: ttl('warning'),
    fail: ttl('critical'),
    update: ({ params, body }) => {
      const { Status, Output } = decodeJsonBody(body, updateBody);
      if (!STATUSES.includes(Status)) {
        const shown = Status.slice(0, 64);
        throw invalid(`Invalid check status: '${shown}', accepted are ${STATUSES.join(', ')}`);
      }
      return report(params['id'] ?? '', Status, Output);
    },
  });
}
