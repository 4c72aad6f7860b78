import type { HttpMethod, Route } from '@mesh/api-contract';
import { type BoundRoute, textReply } from '@mesh/resource';

/** Parts of the API that this build does not have; what the answer calls them. */
const ABSENT: readonly (readonly [string, string])[] = [
  ['/v1/discovery-chain', 'the discovery chain'],
  ['/v1/internal/federation-states', 'federation of mesh gateways'],
  ['/v1/internal/federation-state', 'federation of mesh gateways'],
  ['/v1/internal/ui/gateway-services-nodes', 'services of gateways'],
];

const METHODS: readonly HttpMethod[] = ['GET', 'PUT', 'POST', 'DELETE'];

/** Routes that say plainly that their capability is absent, rather than that the path is unknown. */
export function absentCapabilityRoutes(): readonly BoundRoute[] {
  return ABSENT.flatMap(([prefix, what]) =>
    [prefix, `${prefix}/*rest`].flatMap((path) =>
      METHODS.map((method) => ({
        name: `absent ${method} ${path}`,
        route: absentRoute(method, path, what),
        handler: () => textReply(404, `${what} is not part of this build`),
      })),
    ),
  );
}

function absentRoute(method: HttpMethod, path: string, what: string): Route {
  return {
    method,
    path,
    query: [],
    consistency: 'local',
    blocking: false,
    filter: false,
    cached: false,
    acl: 'public',
    maxBodyBytes: 1024 * 1024,
    tier: 'C',
    doc: `Says that ${what} is absent.`,
    client: '',
  };
}
