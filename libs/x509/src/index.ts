// For the command line; loaded at the first use, as the other is.
export type { AgentCaOptions, AgentCertificateOptions, Issued } from './agent-certificates.ts';
export { createAgentCa, createAgentCertificate } from './lazy-agent-certificates.ts';
// For composition roots.
export { createCertifier } from './lazy-certifier.ts';
