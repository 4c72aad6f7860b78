import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { LiveRequest } from '@mesh/api-contract';
import { silentLogger } from '@mesh/base';
import { type WebSocket, WebSocketServer } from 'ws';
import { parseAgentAddress } from './agent-address.ts';
import { AgentLink } from './agent-link.ts';
import { manualPlatform } from './testing/manual-platform.ts';

/** An agent's /v1/live that says what the test wants said. */
class FakeAgent {
  readonly requests: LiveRequest[] = [];
  readonly sockets = new Set<WebSocket>();
  private readonly server: WebSocketServer;

  constructor(server: WebSocketServer) {
    this.server = server;
    server.on('connection', (socket, { headers }) => {
      this.token = String(headers['x-consul-token'] ?? '');
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('message', (data) => this.requests.push(JSON.parse(String(data))));
    });
  }

  token = '';

  static async listen(): Promise<FakeAgent> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/v1/live' });
    await once(server, 'listening');
    return new FakeAgent(server);
  }

  get address() {
    return parseAgentAddress(`127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  say(text: string): void {
    for (const socket of this.sockets) socket.send(text);
  }

  update(id: string, status: number, body: unknown): void {
    this.say(JSON.stringify({ id, status, index: '1', body }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('a link to one of several agents', () => {
  const platform = manualPlatform();
  let agents: FakeAgent[];
  let link: AgentLink;
  let told: string[];

  beforeEach(async () => {
    agents = [await FakeAgent.listen(), await FakeAgent.listen()];
    told = [];
    link = new AgentLink({
      agents: agents.map(({ address }) => address),
      access: () => ({ token: 'of-the-front', tls: { verify: true } }),
      platform,
      logger: silentLogger,
    });
  });
  afterEach(async () => {
    await link.stop();
    await Promise.all(agents.map((agent) => agent.close()));
  });

  const follow = (path: string) =>
    link.follow(path, {
      onAnswer: (status, body) => told.push(`${status} ${JSON.stringify(body)}`),
      onDoubt: () => told.push('doubt'),
    });

  it('follows what was asked for before it was connected, and lets go of it', async () => {
    const [agent] = agents as [FakeAgent];
    const cancel = follow('/v1/health/service/web');
    await link.start();
    await condition(() => agent.requests.length === 1);
    expect(agent.requests[0]).toEqual({ id: '1', path: '/v1/health/service/web' });
    expect(agent.token).toBe('of-the-front');
    agent.update('1', 200, []);
    agent.update('1', 404, 'nothing');
    await condition(() => told.length === 2);
    expect(told).toEqual(['200 []', '404 "nothing"']);
    cancel();
    await condition(() => agent.requests.length === 2);
    expect(agent.requests[1]).toEqual({ id: '1', cancel: true });
    agent.update('1', 200, ['late']);
    agent.update('99', 200, ['of nobody']);
    const other = follow('/v1/other');
    await condition(() => agent.requests.length === 3);
    expect(told).toHaveLength(2);
    other();
  });

  it('goes over to the next agent with all its queries when the connection ends', async () => {
    const [one, two] = agents as [FakeAgent, FakeAgent];
    follow('/v1/a');
    await link.start();
    await condition(() => one.requests.length === 1);
    await one.close();
    await condition(() => two.requests.length === 1);
    expect(told).toEqual(['doubt']);
    expect(two.requests).toEqual([{ id: '1', path: '/v1/a' }]);
    expect(link.isUp).toBe(true);
  });

  it('asks again after an error, and goes to another agent after several', async () => {
    const [one, two] = agents as [FakeAgent, FakeAgent];
    follow('/v1/a');
    await link.start();
    for (let failure = 1; failure <= 5; failure++) {
      await condition(() => one.requests.length === failure);
      one.update('1', 500, 'No cluster leader');
      await condition(() => told.length >= failure);
      await platform.timers.advance(1500);
    }
    await condition(() => two.requests.length === 1);
    expect(told).toEqual(Array(6).fill('doubt'));
  });

  it('takes a refusal and an unknown datacenter for answers', async () => {
    const [agent] = agents as [FakeAgent];
    follow('/v1/a');
    await link.start();
    await condition(() => agent.requests.length === 1);
    agent.update('1', 403, 'Permission denied');
    agent.update('1', 500, 'No path to datacenter');
    await condition(() => told.length === 2);
    expect(told).toEqual(['403 "Permission denied"', '500 "No path to datacenter"']);
  });

  it('leaves an agent that talks nonsense', async () => {
    const [one, two] = agents as [FakeAgent, FakeAgent];
    follow('/v1/a');
    await link.start();
    for (const nonsense of ['{', 'null', '7', '{"id":{}}', '{"id":"1"}']) {
      await condition(() => one.requests.length + two.requests.length > 0);
      const agent = one.requests.length > 0 ? one : two;
      agent.requests.length = 0;
      agent.say(nonsense);
      await condition(() => one.requests.length + two.requests.length > 0);
    }
    expect(told.filter((text) => text !== 'doubt')).toEqual([]);
  });

  it('leaves an agent that answers no ping', async () => {
    const [one, two] = agents as [FakeAgent, FakeAgent];
    follow('/v1/a');
    await link.start();
    await condition(() => one.requests.length === 1);
    for (const socket of one.sockets) socket.pause();
    await platform.timers.advance(10_000);
    await condition(() => two.requests.length === 1);
  });

  it('tries again later when no agent is there', async () => {
    const ports = agents.map(({ address }) => address.port);
    await Promise.all(agents.map((agent) => agent.close()));
    await link.start();
    await condition(() => platform.timers.pending > 1);
    const server = new WebSocketServer({ host: '127.0.0.1', port: ports[0]!, path: '/v1/live' });
    await once(server, 'listening');
    agents = [new FakeAgent(server)];
    await platform.timers.advance(5000);
    await condition(() => link.isUp);
  });
});

/** Resolves when it holds; the test's own time limit ends it. */
async function condition(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
