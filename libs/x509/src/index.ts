// For composition roots.
export { createCertifier } from './certifier.ts';
