import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { AgentHttp } from './agent-http.ts';

/** The check passes for so long after a heartbeat, and how often there is one, milliseconds. */
const TTL_S = 30;
const HEARTBEAT_MS = 10_000;
/** Longest that the agent may take over a request, milliseconds. */
const REQUEST_MS = 5000;

export interface SelfRegistrationOptions {
  /** Service behind the proxy. */
  readonly service: string;
  /** Put behind the id, for several proxies of one service; '' for none. */
  readonly idSuffix: string;
  /** Where the public listener is. */
  readonly address: string;
  readonly port: number;
  readonly http: AgentHttp;
  readonly platform: Platform;
  readonly logger: Logger;
}

/**
 * The registration of a proxy by itself, `SERVICE-proxy[-SUFFIX]` with a heartbeat, as of the original's
 * -register. It is put back where the agent lost it, and removed at the end.
 */
export class SelfRegistration implements Component {
  readonly name = 'self-registration';
  readonly id: string;
  private readonly options: SelfRegistrationOptions;
  private timer: Timer | undefined;
  private running: Promise<void> = Promise.resolve();
  private isOver = false;
  private isFailing = false;

  constructor(options: SelfRegistrationOptions) {
    this.options = options;
    const { service, idSuffix } = options;
    this.id = `${service}-proxy${idSuffix === '' ? '' : `-${idSuffix}`}`;
  }

  /** Goes on trying while the agent does not answer. */
  async start(): Promise<void> {
    this.begin(true);
    await this.running;
  }

  async stop(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.timer?.cancel();
    // A registration on its way would come after its removal.
    await this.running;
    const path = `/v1/agent/service/deregister/${encodeURIComponent(this.id)}`;
    await this.put(path).catch((thrown) => this.tell(thrown));
  }

  private begin(isNew: boolean): void {
    this.running = this.round(isNew);
  }

  private async round(isNew: boolean): Promise<void> {
    try {
      // The check is unknown where the agent lost the registration.
      const isMissing = isNew || !(await this.beat());
      if (isMissing && !this.isOver) await this.register();
      this.isFailing = false;
    } catch (thrown) {
      this.tell(thrown);
    }
    if (this.isOver) return;
    this.timer = this.options.platform.timers.after(HEARTBEAT_MS, () => this.begin(false));
  }

  private async beat(): Promise<boolean> {
    const status = await this.put(`/v1/agent/check/pass/${encodeURIComponent(this.id)}-ttl`);
    return status === 200;
  }

  private async register(): Promise<void> {
    const { service, address, port, logger } = this.options;
    const status = await this.put('/v1/agent/service/register', {
      Kind: 'connect-proxy',
      ID: this.id,
      Name: `${service}-proxy`,
      Address: address,
      Port: port,
      Proxy: { DestinationServiceName: service },
      Check: {
        CheckID: `${this.id}-ttl`,
        Name: 'proxy heartbeat',
        TTL: `${TTL_S}s`,
        Notes: 'Built-in proxy will heartbeat this check.',
        Status: 'passing',
      },
    });
    if (status !== 200) throw new MeshError('unavailable', `the agent answers ${status}`);
    logger.info('Proxy registered on Consul service', { service });
  }

  private async put(path: string, body?: unknown): Promise<number> {
    const signal = AbortSignal.timeout(REQUEST_MS);
    const options = body === undefined ? { signal } : { signal, body };
    return (await this.options.http.ask('PUT', path, options)).status;
  }

  private tell(thrown: unknown): void {
    const { message } = MeshError.from(thrown);
    if (!this.isFailing) {
      this.options.logger.warn('Failed to register Consul service', { error: message });
    }
    this.isFailing = true;
  }
}
