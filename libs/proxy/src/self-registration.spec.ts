import { MeshError } from '@mesh/base';
import { ManualTimers } from '@mesh/testkit';
import type { AgentAnswer } from './agent-http.ts';
import { SelfRegistration } from './self-registration.ts';
import { MemoryLogger } from './testing/memory-logger.ts';
import { platform } from './testing/proxy-world.ts';

/** An agent that holds registrations. */
class Registry {
  readonly asked: string[] = [];
  readonly bodies: unknown[] = [];
  isAway = false;
  refuses = false;
  /** Waits before a registration is taken. */
  gate: Promise<void> = Promise.resolve();
  private readonly held = new Set<string>();

  get ids(): readonly string[] {
    return [...this.held];
  }

  forget(): void {
    this.held.clear();
  }

  async ask(
    method: string,
    path: string,
    options: { readonly body?: unknown } = {},
  ): Promise<AgentAnswer> {
    this.asked.push(`${method} ${path}`);
    if (this.isAway) throw new MeshError('unavailable', 'connection refused');
    const status = await this.status(path, options.body as { ID: string } | undefined);
    return { status, headers: {}, text: '' };
  }

  private async status(path: string, body: { ID: string } | undefined): Promise<number> {
    const [, pass] = /^\/v1\/agent\/check\/pass\/(.*)-ttl$/.exec(path) ?? [];
    if (pass !== undefined) return this.held.has(decodeURIComponent(pass)) ? 200 : 404;
    const [, gone] = /^\/v1\/agent\/service\/deregister\/(.*)$/.exec(path) ?? [];
    if (gone !== undefined) return this.held.delete(decodeURIComponent(gone)) ? 200 : 404;
    if (this.refuses) return 400;
    await this.gate;
    this.bodies.push(body);
    this.held.add(body!.ID);
    return 200;
  }
}

describe('a proxy that registers itself', () => {
  let agent: Registry;
  let timers: ManualTimers;
  let logger: MemoryLogger;
  beforeEach(() => {
    agent = new Registry();
    timers = new ManualTimers();
    logger = new MemoryLogger();
  });

  function registration(idSuffix = '', service = 'web'): SelfRegistration {
    return new SelfRegistration({
      ...{ service, idSuffix, address: '10.0.0.1', port: 8443, http: agent, logger },
      platform: { ...platform, timers },
    });
  }

  it('is there from start to stop, with a heartbeat', async () => {
    const self = registration();
    await self.start();
    expect(agent.bodies).toEqual([
      {
        ...{ Kind: 'connect-proxy', ID: 'web-proxy', Name: 'web-proxy' },
        ...{ Address: '10.0.0.1', Port: 8443, Proxy: { DestinationServiceName: 'web' } },
        Check: {
          ...{ CheckID: 'web-proxy-ttl', Name: 'proxy heartbeat', TTL: '30s', Status: 'passing' },
          Notes: 'Built-in proxy will heartbeat this check.',
        },
      },
    ]);
    expect(logger.lines).toEqual(['INFO Proxy registered on Consul service: service=web']);
    await timers.advance(30_000);
    const beats = agent.asked.filter((one) => one === 'PUT /v1/agent/check/pass/web-proxy-ttl');
    expect(beats).toHaveLength(3);
    await self.stop();
    await self.stop();
    expect(agent.ids).toEqual([]);
    expect(agent.asked.filter((one) => one.includes('deregister'))).toHaveLength(1);
    expect(timers.pending).toBe(0);
  });

  it('has a suffix where there are several, and may have any name', async () => {
    const self = registration('one/b', 'wéb');
    await self.start();
    expect([self.id, agent.ids]).toEqual(['wéb-proxy-one/b', ['wéb-proxy-one/b']]);
    await timers.advance(10_000);
    expect(agent.asked.at(-1)).toBe('PUT /v1/agent/check/pass/w%C3%A9b-proxy-one%2Fb-ttl');
    await self.stop();
    expect(agent.ids).toEqual([]);
  });

  it('is put back where the agent lost it', async () => {
    const self = registration();
    await self.start();
    agent.forget();
    await timers.advance(10_000);
    expect(agent.ids).toEqual(['web-proxy']);
    await self.stop();
  });

  it('goes on trying while the agent is away, and says so once each time', async () => {
    agent.isAway = true;
    const self = registration();
    await self.start();
    await timers.advance(20_000);
    const failed = 'WARN Failed to register Consul service: error=connection refused';
    expect(logger.lines).toEqual([failed]);
    agent.isAway = false;
    await timers.advance(10_000);
    expect(agent.ids).toEqual(['web-proxy']);
    agent.isAway = true;
    await timers.advance(10_000);
    expect(logger.matching(failed)).toHaveLength(2);
    await self.stop();
  });

  it('what the agent refuses is said', async () => {
    agent.refuses = true;
    const self = registration();
    await self.start();
    expect(logger.lines).toEqual([
      'WARN Failed to register Consul service: error=the agent answers 400',
    ]);
    await self.stop();
  });

  it('an end while it is being put back leaves nothing behind', async () => {
    const self = registration();
    await self.start();
    agent.forget();
    let open = () => {};
    agent.gate = new Promise((resolve) => {
      open = resolve;
    });
    await timers.advance(10_000);
    const stopped = self.stop();
    open();
    await stopped;
    await new Promise(setImmediate);
    expect(agent.ids).toEqual([]);
    expect(timers.pending).toBe(0);
  });
});
