import type { Resource } from '@mesh/resource';
import { catalogCommands } from './commands.ts';
import {
  catalogAddressOwners,
  catalogDeregister,
  catalogGatewayServices,
  catalogNode,
  catalogNodeServices,
  catalogNodes,
  catalogRegister,
  catalogServiceNodes,
  catalogServices,
} from './endpoint.ts';
import { checks, nodes, services, summaries, tallies } from './table.ts';
import type { CatalogHooks } from './types.ts';

/** Nodes, services and checks. */
export function catalogResource(hooks: CatalogHooks): Resource {
  return {
    name: 'catalog',
    tables: [nodes, services, checks, summaries, tallies],
    commands: catalogCommands(hooks),
    endpoints: [
      catalogRegister,
      catalogDeregister,
      catalogNodes,
      catalogServices,
      catalogServiceNodes,
      catalogNodeServices,
      catalogNode,
      catalogAddressOwners,
      catalogGatewayServices,
    ],
  };
}
