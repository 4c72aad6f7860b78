// For the server: the resource, its duties, its decisions.
export { aclSeed, type Builtin, missingBuiltins } from './bootstrap.ts';
// For http.
export { aclHttpRoutes } from './http.ts';
export type { AclHttpDeps } from './http-request.ts';
export type { LoginVerifier, VerifiedIdentity } from './login-verifier.ts';
export { isExpired } from './queries.ts';
export type { ResolvedToken, RulesText } from './resolve.ts';
export { RulesCache, resolveSecret, tokenResolve } from './resolve.ts';
export type { AclResourceParts } from './resource.ts';
export { aclResource } from './resource.ts';
export { tokens } from './table.ts';
export { aclNotFound, tokensReap } from './tokens.ts';
