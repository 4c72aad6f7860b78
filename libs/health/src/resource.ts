import type { Resource } from '@mesh/resource';
import {
  healthChecksInState,
  healthNodeChecks,
  healthServiceChecks,
  healthServiceNodes,
} from './endpoint.ts';

/** Health of nodes and services: views of the catalog's tables, none of its own. */
export function healthResource(): Resource {
  return {
    name: 'health',
    tables: [],
    commands: [],
    endpoints: [healthNodeChecks, healthServiceChecks, healthChecksInState, healthServiceNodes],
  };
}
