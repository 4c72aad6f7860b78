// For servers.
export type { AuthorityParts } from './authority.ts';
export { Authority } from './authority.ts';
// What io implements.
export type {
  CertificateFacts,
  Certifier,
  Issuer,
  KeyType,
  RequestFacts,
  Validity,
} from './certifier.ts';
export type { StoreAuthority, StoreForeign } from './commands.ts';
// RPC methods.
export type { ConfigureArgs } from './endpoint.ts';
export {
  caConfigurationGet,
  caConfigurationSet,
  caRemoveRoot,
  caRootsGet,
  caSign,
  caSignIntermediate,
  caStore,
  caStoreForeign,
  connectDisabled,
} from './endpoint.ts';
export type { CaHttpDeps } from './http.ts';
export { caHttpRoutes } from './http.ts';
export type { CaResourceParts } from './resource.ts';
export { caResource } from './resource.ts';
export type { SecondaryParts } from './secondary-authority.ts';
export { SecondaryAuthority } from './secondary-authority.ts';
// Names in certificates, for agents and proxies.
export type { ServiceIdentity } from './spiffe.ts';
export { leafCommonName, parseServiceUri, serviceUri, trustDomainOf } from './spiffe.ts';
export type { CaConfiguration, CaRoot, CaRoots, CaSettings, SignedLeaf } from './types.ts';
