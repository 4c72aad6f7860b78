import { text } from '@mesh/base';
import type { KindRules } from './kind.ts';
import { entry, expose, meshGateway } from './shapes.ts';

/** service-defaults: protocol and the like of all instances of a service. */
export const serviceDefaults: KindRules = {
  shape: entry({ Protocol: text, MeshGateway: meshGateway, Expose: expose, ExternalSNI: text }),
  check: () => {},
};
