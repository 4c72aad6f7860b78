import type { CheckDefinition, ServiceDefinition } from '@mesh/api-contract';
import type { AgentCheck, AgentService, CheckState } from '../local-state/entries.ts';

/** What a check of the agent is made of. */
export interface CheckParts {
  readonly node: string;
  readonly definition: CheckDefinition;
  readonly type: string;
  /** The instance it belongs to; undefined for a check of the node. */
  readonly service: AgentService | undefined;
  /** State that it had before, which wins over the definition's first status. */
  readonly state: CheckState | undefined;
}

/** A check as it is registered: critical until it has run, unless the definition says otherwise. */
export function toAgentCheck(parts: CheckParts): AgentCheck {
  const { node, definition, type, service, state } = parts;
  return {
    Node: node,
    CheckID: definition.id || definition.name,
    Name: definition.name,
    Status: state?.status ?? definition.status ?? 'critical',
    Notes: definition.notes,
    Output: state?.output ?? '',
    ServiceID: service?.ID ?? '',
    ServiceName: service?.Service ?? '',
    ServiceTags: service?.Tags ?? [],
    Type: type,
    Definition: {},
    CreateIndex: 0,
    ModifyIndex: 0,
  };
}

/**
 * Checks of a service definition with the ids and names that they get where none are given:
 * `service:ID`, with a number from 1 where there are several.
 */
export function checksOfService(definition: ServiceDefinition): readonly CheckDefinition[] {
  const id = definition.id || definition.name;
  const several = definition.checks.length > 1;
  return definition.checks.map((check, at) => ({
    ...check,
    id: check.id || (several ? `service:${id}:${at + 1}` : `service:${id}`),
    name: check.name || `Service '${definition.name}' check`,
    serviceId: id,
    token: check.token || definition.token,
  }));
}

/** Kind of a check as the API names it. */
export function checkType(definition: CheckDefinition): string {
  if (definition.aliasService !== '' || definition.aliasNode !== '') return 'alias';
  if (definition.ttlMs > 0) return 'ttl';
  if (definition.http !== '') return 'http';
  if (definition.tcp !== '') return 'tcp';
  if (definition.grpc !== '') return 'grpc';
  if (definition.dockerContainerId !== '') return 'docker';
  return definition.args.length > 0 ? 'script' : '';
}
