import { coordinateUpdate } from '@mesh/coordinate';
import type { Resource } from '@mesh/resource';
import { sessionCreate } from '@mesh/session';
import { createResources } from '../resources.ts';

/** Session creation of test servers. */
export const testSessionCreate = sessionCreate(10_000);

/** The resources of a server, their effects on each other included. */
export function allResources(): readonly Resource[] {
  return createResources({
    coordinateUpdate: coordinateUpdate(() => {}),
    sessionCreate: testSessionCreate,
  });
}
