import type { Logger, Platform } from '@mesh/base';

/** What one run of a check found. */
export interface CheckResult {
  readonly status: 'passing' | 'warning' | 'critical';
  readonly output: string;
}

/** Where alias checks look: the state of another service or node. */
export interface AliasSource {
  /** Calls back with the present state and at each change; returns an unsubscriber. */
  watch(
    target: { readonly service: string; readonly node: string },
    onChange: (result: CheckResult) => void,
  ): () => void;
}

/** Certificates that HTTP and gRPC checks present and trust; PEM. */
export interface CheckTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface CheckDeps {
  readonly platform: Platform;
  readonly logger: Logger;
  /** Called with every result; who receives drops repetitions. Never called after `stop`. */
  readonly report: (result: CheckResult) => void;
  /** Bytes of output kept where the definition names none; 0 keeps none. */
  readonly outputMaxBytes: number;
  readonly aliasSource?: AliasSource;
  /** @default 'Consul Health Check' */
  readonly httpUserAgent?: string;
  readonly tls?: CheckTls;
  /** Where the Docker engine listens: `unix:///path`, `tcp://host:port`. @default DOCKER_HOST */
  readonly dockerHost?: string;
}

/** A check that runs. `start` and `stop` are idempotent. */
export interface RunningCheck {
  readonly type: string;
  start(): void;
  stop(): void;
  /** TTL checks: a client reports, and the time starts anew. */
  setTtl?(result: CheckResult): void;
}
