/** What is needed of a row of /v1/internal/ui/services. */
export interface NamedService {
  readonly Name: string;
  readonly Kind?: string;
}

/** Kinds that intentions are not about: they carry connections of others. */
const CARRIERS = new Set(['connect-proxy', 'mesh-gateway']);

/** Names to offer for a side of an intention: all of them first, then services by name. */
export function suggestedNames(services: readonly NamedService[]): readonly string[] {
  const names = services.filter(({ Kind }) => !CARRIERS.has(Kind ?? '')).map(({ Name }) => Name);
  return ['*', ...[...new Set(names)].sort()];
}
