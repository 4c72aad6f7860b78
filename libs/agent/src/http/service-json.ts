import { createHash } from 'node:crypto';
import type { AgentService } from '../local-state/entries.ts';

/** An instance as the agent API shows it, in the API's order of fields. */
export function serviceJson(service: AgentService): Readonly<Record<string, unknown>> {
  const { Kind, TaggedAddresses, Proxy: proxy, Connect: connect } = service;
  return {
    ...(Kind && { Kind }),
    ID: service.ID,
    Service: service.Service,
    Tags: service.Tags ?? [],
    Meta: service.Meta ?? {},
    Port: service.Port,
    Address: service.Address,
    ...(TaggedAddresses && { TaggedAddresses }),
    Weights: service.Weights,
    EnableTagOverride: service.EnableTagOverride,
    ...(proxy['DestinationServiceName'] !== undefined && { Proxy: proxy }),
    ...(connect['Native'] === true && { Connect: connect }),
  };
}

/** 64-bit hash of what the API shows of an instance, hexadecimal: changes when any of it does. */
export function contentHash(service: AgentService): string {
  const text = JSON.stringify(serviceJson(service));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
