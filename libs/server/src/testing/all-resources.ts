import { silentLogger } from '@mesh/base';
import { coordinateUpdate } from '@mesh/coordinate';
import { type OperatorParts, UNKNOWN_HEALTH } from '@mesh/operator';
import type { Resource } from '@mesh/resource';
import { sessionCreate } from '@mesh/session';
import { areaResource } from '../area-calls.ts';
import { createResources } from '../resources.ts';
import { FakeMembership } from './fake-membership.ts';

/** Session creation of test servers. */
export const testSessionCreate = sessionCreate(10_000);

/** Decisions of test servers: what no intention says is allowed. */

/** What operators are told where there are no servers. */
export const testOperator: OperatorParts = {
  consensus: () => {
    throw new Error('there is no consensus');
  },
  members: () => [],
  health: async () => UNKNOWN_HEALTH,
  logger: silentLogger,
};

/** The resources of a server, their effects on each other included. */
export function allResources(): readonly Resource[] {
  const { router, coordinates } = new FakeMembership();
  return [
    ...createResources({
      coordinateUpdate: coordinateUpdate(() => {}),
      sessionCreate: testSessionCreate,
      operator: testOperator,
    }),
    areaResource({
      datacenter: 'dc1',
      membership: { wanMembers: () => [] },
      router,
      coordinates,
      consensus: testOperator.consensus,
    }),
  ];
}
