import type { HealthStatus } from '@mesh/api-contract';
import { jsonReply, type Reply, type RequestContext } from '@mesh/resource';
import type { AgentCheck, AgentService } from '../local-state/entries.ts';
import type { LocalState } from '../local-state/local-state.ts';
import { isMaintenance } from '../maintenance.ts';
import { serviceJson } from './service-json.ts';

const HTTP_STATUS: Readonly<Record<HealthStatus, number>> = {
  passing: 200,
  warning: 429,
  critical: 503,
  maintenance: 503,
};
/** From best to worst. */
const SEVERITY: readonly HealthStatus[] = ['passing', 'warning', 'critical', 'maintenance'];

/** Fields of a check that this route leaves at their zero values. */
const BLANK = {
  ServiceTags: null,
  Type: '',
  Definition: {
    Interval: '0s',
    Timeout: '0s',
    DeregisterCriticalServiceAfter: '0s',
    HTTP: '',
    Header: null,
    Method: '',
    Body: '',
    TLSSkipVerify: false,
    TCP: '',
  },
} as const;

interface ServiceHealth {
  readonly AggregatedStatus: HealthStatus;
  readonly Service: Readonly<Record<string, unknown>>;
  readonly Checks: readonly unknown[];
}

/** Health of one instance by its own checks and those of the node. */
export function healthById(state: LocalState, request: RequestContext): Reply {
  const id = request.params['id'] ?? '';
  const text = wantsText(request);
  const entry = state.service(id);
  if (!entry) {
    const reason = `ServiceId ${id} not found`;
    const unknown = { AggregatedStatus: 'critical', Service: null, Checks: null };
    return withReason(404, reason, text ? reason : unknown);
  }
  const health = healthOf(state, entry.service);
  const { AggregatedStatus: status } = health;
  return text ? textAnswer(status) : withReason(HTTP_STATUS[status], status, health);
}

/** Health of all instances of a service; the answer's status is that of the worst. */
export function healthByName(state: LocalState, request: RequestContext): Reply {
  const name = request.params['name'] ?? '';
  const text = wantsText(request);
  const found = state
    .listServices()
    .filter(({ service }) => service.Service === name)
    .map(({ service }) => healthOf(state, service));
  if (found.length === 0) {
    const reason = `ServiceName ${name} Not Found`;
    return withReason(404, reason, text ? reason : []);
  }
  const status = worst(found.map(({ AggregatedStatus }) => AggregatedStatus));
  return text ? textAnswer(status) : withReason(HTTP_STATUS[status], status, found);
}

/** The worst of the checks' statuses; a maintenance mode is worse than all. */
export function aggregateStatus(checks: readonly AgentCheck[]): HealthStatus {
  return worst(
    checks.map(({ CheckID, Status }) => (isMaintenance(CheckID) ? 'maintenance' : Status)),
  );
}

function healthOf(state: LocalState, service: AgentService): ServiceHealth {
  const checks = [...state.checksOf(''), ...state.checksOf(service.ID)].map(({ check }) => check);
  return {
    AggregatedStatus: aggregateStatus(checks),
    Service: serviceJson(service),
    Checks: checks.map((check) => ({
      ...check,
      ...BLANK,
      ServiceTags: check.ServiceTags?.length ? check.ServiceTags : null,
    })),
  };
}

function worst(statuses: readonly HealthStatus[]): HealthStatus {
  const ranks = statuses.map((status) => SEVERITY.indexOf(status));
  return SEVERITY[Math.max(0, ...ranks)]!;
}

function wantsText(request: RequestContext): boolean {
  return request.query.get('format') === 'text' || request.header('accept') === 'text/plain';
}

function textAnswer(status: HealthStatus): Reply {
  return {
    kind: 'bytes',
    status: HTTP_STATUS[status],
    bytes: Buffer.from(status),
    contentType: 'text/plain',
    headers: { 'X-Consul-Reason': status },
  };
}

function withReason(status: number, reason: string, value: unknown): Reply {
  // A header cannot carry what an id may contain.
  const safe = reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
  return { ...jsonReply(value, { 'X-Consul-Reason': safe }), status };
}
