import { defineRoutes, localRoute, type Route } from './route.ts';

const PATH = '/v1/operator/keyring';

/** /v1/operator/keyring: the keys of gossip encryption, on all members of all pools. */
export const keyringRoutes = defineRoutes({
  list: localRoute({
    method: 'GET',
    path: PATH,
    query: ['relay-factor', 'local-only'],
    acl: { check: { resource: 'keyring', access: 'read', segment: 'none' } },
    tier: 'B',
    doc: 'Gossip keys of each pool and how many members have them; ?local-only asks this one alone.',
    client: 'operator.keyringList',
  }),
  install: changeRoute('POST', 'Installs a gossip key on all members.', 'keyringInstall'),
  use: changeRoute('PUT', 'Makes an installed gossip key the one to encrypt with.', 'keyringUse'),
  remove: changeRoute('DELETE', 'Removes a gossip key from all members.', 'keyringRemove'),
});

function changeRoute(method: Route['method'], doc: string, client: string): Route {
  return localRoute({
    method,
    path: PATH,
    query: ['relay-factor', 'local-only'],
    maxBodyBytes: 4 * 1024,
    acl: { check: { resource: 'keyring', access: 'write', segment: 'none' } },
    tier: 'B',
    doc,
    client: `operator.${client}`,
  });
}
