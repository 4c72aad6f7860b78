import type { Intention } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import type { AgentAnswer, AgentHttp } from '../agent-http.ts';
import { type TestAuthority, TRUST_DOMAIN } from './test-authority.ts';

/** An instance as /v1/health/connect shows it. */
export interface Instance {
  readonly service: string;
  readonly port: number;
  readonly host?: string;
  readonly datacenter?: string;
}

/** An agent in memory: answers the questions of a proxy, with blocking by index, until it is `gone`. */
export class FakeAgent implements AgentHttp {
  /** Path without position -> how often it was asked. */
  readonly asked = new Map<string, number>();
  /** What authorize answers. */
  authorized = true;
  reason = 'ACLs disabled, access is allowed by default';
  private readonly values = new Map<string, { index: number; status: number; value: unknown }>();
  private readonly waiting = new Set<() => void>();
  private index = 10;
  private away = false;

  /** Nobody answers any more; questions that wait end with an error. */
  set isGone(isGone: boolean) {
    this.away = isGone;
    this.wake();
  }

  set(path: string, value: unknown, status = 200): void {
    this.values.set(path, { index: ++this.index, status, value });
    this.wake();
  }

  setRoots(...authorities: readonly TestAuthority[]): void {
    const Roots = authorities.map(({ certPem }, at) => ({ RootCert: certPem, Active: at === 0 }));
    this.set('/v1/agent/connect/ca/roots', { TrustDomain: TRUST_DOMAIN, Roots });
  }

  async setLeaf(service: string, authority: TestAuthority): Promise<void> {
    this.set(`/v1/agent/connect/ca/leaf/${service}`, await authority.leaf(service));
  }

  /** In order of precedence. */
  setIntentions(service: string, ...rows: readonly (readonly [string, 'allow' | 'deny'])[]): void {
    const intentions = rows.map(([SourceName, Action]) => ({
      ...{ SourceNS: 'default', SourceName, DestinationNS: 'default', Action },
      DestinationName: service,
    })) as unknown as readonly Intention[];
    const path = `/v1/connect/intentions/match?by=destination&name=${service}`;
    this.set(path, { [service]: intentions });
  }

  setInstances(upstream: string, ...instances: readonly Instance[]): void {
    this.set(`/v1/health/connect/${upstream}?passing=1`, instances.map(rowOf));
  }

  setQuery(query: string, ...instances: readonly Instance[]): void {
    this.set(`/v1/query/${query}/execute?connect=true`, { Nodes: instances.map(rowOf) });
  }

  async ask(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    options: { readonly body?: unknown; readonly signal?: AbortSignal } = {},
  ): Promise<AgentAnswer> {
    const [base, position] = split(path);
    this.asked.set(base, (this.asked.get(base) ?? 0) + 1);
    if (method === 'POST' && base === '/v1/agent/connect/authorize') {
      this.requireHere();
      return answer(200, 0, { Authorized: this.authorized, Reason: this.reason });
    }
    for (;;) {
      this.requireHere();
      const held = this.values.get(base);
      if (!held) return answer(404, this.index, 'not found');
      if (held.index > position) return answer(held.status, held.index, held.value);
      await this.next(options.signal);
    }
  }

  private requireHere(): void {
    if (this.away) throw new MeshError('unavailable', 'connection refused');
  }

  private next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.add(resolve);
      signal?.addEventListener('abort', () => {
        this.waiting.delete(resolve);
        reject(new MeshError('unavailable', 'aborted'));
      });
    });
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** Path without its position, and the position: an index, or the hash, which is the index here. */
function split(path: string): readonly [string, number] {
  const match = /^(.*)[?&](?:index|hash)=(\d+)&wait=60s$/.exec(path);
  return match ? [match[1]!, Number(match[2])] : [path, 0];
}

function answer(status: number, index: number, value: unknown): AgentAnswer {
  const position = index === 0 ? undefined : String(index);
  const headers = { 'x-consul-index': position, 'x-consul-contenthash': position };
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { status, headers, text };
}

function rowOf({ service, port, host = '127.0.0.1', datacenter = 'dc1' }: Instance) {
  return {
    Node: { Address: host, Datacenter: datacenter },
    Service: {
      ...{ Kind: 'connect-proxy', Service: `${service}-sidecar-proxy`, Address: '', Port: port },
      Proxy: { DestinationServiceName: service },
    },
  };
}
