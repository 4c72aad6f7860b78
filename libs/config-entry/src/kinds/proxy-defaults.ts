import { anything, invalid } from '@mesh/base';
import { GLOBAL } from '../types.ts';
import type { KindRules } from './kind.ts';
import { entry, expose, meshGateway, named } from './shapes.ts';

/** proxy-defaults: one entry, global. */
export const proxyDefaults: KindRules = {
  shape: entry({ Config: named(anything), MeshGateway: meshGateway, Expose: expose }),
  check: ({ Name }) => {
    if (Name !== GLOBAL) throw invalid(`invalid name ("${Name}"), only "${GLOBAL}" is supported`);
  },
};
