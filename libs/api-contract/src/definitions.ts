/**
 * Service and check definitions as agents take them, from configuration files and from the agent API alike.
 * The decoders live beside the types (`decode-definitions.ts`); both spellings of names are accepted.
 */
import type { HealthStatus, ServiceAddress, Weights } from './catalog-types.ts';

export interface CheckDefinition {
  readonly id: string;
  readonly name: string;
  readonly notes: string;
  readonly serviceId: string;
  readonly token: string;
  /** First status; undefined lets the agent choose (critical). */
  readonly status: HealthStatus | undefined;
  readonly args: readonly string[];
  readonly http: string;
  readonly method: string;
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly tcp: string;
  readonly grpc: string;
  readonly grpcUseTls: boolean;
  readonly dockerContainerId: string;
  readonly shell: string;
  readonly aliasService: string;
  readonly aliasNode: string;
  readonly tlsSkipVerify: boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly ttlMs: number;
  readonly successBeforePassing: number;
  readonly failuresBeforeCritical: number;
  readonly deregisterCriticalServiceAfterMs: number;
  /** Bytes of output kept; 0 for the agent's own setting. */
  readonly outputMaxBytes: number;
}

export interface ServiceDefinition {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly address: string;
  readonly port: number;
  readonly taggedAddresses: Readonly<Record<string, ServiceAddress>>;
  readonly meta: Readonly<Record<string, string>>;
  readonly token: string;
  readonly enableTagOverride: boolean;
  readonly weights: Weights | undefined;
  readonly checks: readonly CheckDefinition[];
  /** Raw `connect` block (Native, SidecarService); undefined when absent. */
  readonly connect: Readonly<Record<string, unknown>> | undefined;
  /** Raw `proxy` block; undefined when absent. */
  readonly proxy: Readonly<Record<string, unknown>> | undefined;
}
