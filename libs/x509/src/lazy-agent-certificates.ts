import type { AgentCaOptions, AgentCertificateOptions, Issued } from './agent-certificates.ts';

/** A new authority of agents; see createAgentCa. */
export async function createAgentCa(options: AgentCaOptions): Promise<Issued> {
  return (await import('./agent-certificates.ts')).createAgentCa(options);
}

/**
 * A certificate of such an authority, or of another.
 * @throws MeshError `invalid-argument` when the authority is none, its key is not its own, or it may
 * not sign for a name
 */
export async function createAgentCertificate(options: AgentCertificateOptions): Promise<Issued> {
  return (await import('./agent-certificates.ts')).createAgentCertificate(options);
}
