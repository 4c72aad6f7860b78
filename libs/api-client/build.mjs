/** Builds the package for publishing; npm pack does it by itself. */
import { buildPackage } from '../../tools/build-package.mjs';

await buildPackage('api-client', { inside: ['api-contract', 'base'] });
