// For composition roots.
export { createCertifier } from './lazy-certifier.ts';
