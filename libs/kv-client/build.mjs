/** Builds the package for publishing; npm pack does it by itself. */
import { buildPackage } from '../../tools/build-package.mjs';

await buildPackage('kv-client', {
  inside: ['api-contract', 'base'],
  external: ['@mesh/api-client'],
});
