export type { JsonAnswer, JsonClient, JsonRequest } from './json-client.ts';
export { httpJsonClient } from './json-client.ts';
export type { VerifierOptions } from './verifier.ts';
export { createLoginVerifier } from './verifier.ts';
