import type { AgentCheck, AgentService } from './local-state/entries.ts';

/** Id of the check that stands for the node's maintenance mode. */
export const NODE_MAINTENANCE = '_node_maintenance';
/** Ids of checks that stand for an instance's maintenance mode begin so; the instance's id follows. */
export const SERVICE_MAINTENANCE_PREFIX = '_service_maintenance:';

/** Notes of a maintenance mode for which no reason was given. */
export function defaultReason(what: 'node' | 'service'): string {
  return (
    `Maintenance mode is enabled for this ${what}, but no reason was provided. ` +
    'This is a default message.'
  );
}

/** The check of the node's maintenance mode, or of that of an instance. */
export function maintenanceCheck(
  node: string,
  service: AgentService | undefined,
  reason: string,
): AgentCheck {
  return {
    Node: node,
    CheckID: service ? SERVICE_MAINTENANCE_PREFIX + service.ID : NODE_MAINTENANCE,
    Name: service ? 'Service Maintenance Mode' : 'Node Maintenance Mode',
    Status: 'critical',
    Notes: reason || defaultReason(service ? 'service' : 'node'),
    Output: '',
    ServiceID: service?.ID ?? '',
    ServiceName: service?.Service ?? '',
    ServiceTags: service?.Tags ?? [],
    Type: 'maintenance',
    Definition: {},
    CreateIndex: 0,
    ModifyIndex: 0,
  };
}

/** True for checks by which a maintenance mode is known. */
export function isMaintenance(checkId: string): boolean {
  return checkId === NODE_MAINTENANCE || checkId.startsWith(SERVICE_MAINTENANCE_PREFIX);
}
