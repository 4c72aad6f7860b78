import type { RuntimeConfig } from '@mesh/config';
import type { ServerOptions } from '@mesh/server';
import { createCertifier } from '@mesh/x509';

/** The certificate authority of a server as configured; nothing where the mesh is off. */
export function configuredAuthority({
  connectEnabled,
  connectCa,
}: RuntimeConfig): Pick<ServerOptions, 'authority'> {
  if (!connectEnabled) return {};
  const initial = { ...connectCa, forceWithoutCrossSigning: false };
  return { authority: { certifier: createCertifier(), initial } };
}
