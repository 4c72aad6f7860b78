/** Blocking queries of a real agent: who wakes, who sleeps on, and how many fit. */
import { connect } from 'node:net';
import { AgentProcess, until } from '@mesh/testkit';

describe('blocking queries', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await AgentProcess.start({
      hcl: 'limits { http_max_conns_per_client = 20000 }',
      args: ['-log-level=WARN'],
    });
  });
  afterAll(() => agent.stop());

  const put = (path: string, body: string | object) => agent.http('PUT', path, body);
  const indexOf = async (path: string) =>
    (await agent.http('GET', path)).headers['x-consul-index'] ?? '';

  /** Starts a blocking query and tells whether it has been answered. */
  async function watch(path: string) {
    const join = path.includes('?') ? '&' : '?';
    const state = { answered: false, index: await indexOf(path) };
    const done = agent.http('GET', `${path}${join}index=${state.index}&wait=60s`).then((answer) => {
      state.answered = true;
      return answer;
    });
    return { state, done };
  }

  it('an unrelated write wakes no watcher', async () => {
    await put('/v1/kv/own', 'v');
    await put('/v1/catalog/register', {
      Node: 'n1',
      Address: '10.0.0.1',
      Service: { ID: 'web', Service: 'web' },
      Check: { CheckID: 'up', Name: 'up', Status: 'passing', ServiceID: 'web' },
    });
    const watched = await Promise.all(
      [
        '/v1/kv/own',
        '/v1/kv/absent',
        '/v1/kv/folder/?recurse',
        '/v1/kv/folder/?keys',
        '/v1/health/service/web?passing',
        '/v1/health/service/unknown',
        '/v1/catalog/service/web',
        '/v1/health/checks/web',
        '/v1/catalog/node/n1',
        '/v1/health/node/n1',
        '/v1/session/list',
      ].map(async (path) => ({ path, ...(await watch(path)) })),
    );
    for (let at = 0; at < 20; at++) {
      await put(`/v1/kv/unrelated/${at}`, 'v');
      await put('/v1/catalog/register', {
        Node: `other-${at}`,
        Address: '10.0.0.2',
        Service: { ID: 'db', Service: 'db' },
        Check: { CheckID: 'up', Name: 'up', Status: 'critical', ServiceID: 'db' },
      });
    }
    // A read of each behind the writes: whatever they woke has been answered before it.
    for (const { path } of watched) await agent.http('GET', path);
    expect(watched.filter(({ state }) => state.answered).map(({ path }) => path)).toEqual([]);
    await put('/v1/kv/own', 'changed');
    await put('/v1/kv/absent', 'appeared');
    await put('/v1/kv/folder/x', 'appeared');
    await put('/v1/catalog/register', {
      Node: 'n1',
      Address: '10.0.0.9',
      Service: { ID: 'web', Service: 'web', Port: 81 },
      Check: { CheckID: 'up', Name: 'up', Status: 'warning', ServiceID: 'web' },
    });
    await put('/v1/catalog/register', {
      Node: 'n1',
      Address: '10.0.0.9',
      Service: { ID: 'unknown', Service: 'unknown' },
    });
    await put('/v1/session/create', {});
    for (const { state, done } of watched) {
      const answer = await done;
      expect(Number(answer.headers['x-consul-index'])).toBeGreaterThan(Number(state.index));
    }
  });

  it('10,000 parked watchers and one write to their key: all are answered', async () => {
    const count = 10_000;
    await put('/v1/kv/crowd', 'before');
    const index = await indexOf('/v1/kv/crowd');
    const before = await residentKiB(agent.pid);
    const answers = { right: 0, other: 0 };
    const open: Promise<void>[] = [];
    for (let at = 0; at < count; at += 500) {
      for (let one = 0; one < 500; one++) {
        open.push(
          rawGet(agent.httpPort, `/v1/kv/crowd?index=${index}&wait=5m`).then((text) => {
            if (text.startsWith('HTTP/1.1 200') && text.includes('YWZ0ZXI=')) answers.right++;
            else answers.other++;
          }),
        );
      }
      await agent.http('GET', '/v1/status/leader');
    }
    const parked = await until('all to be parked', async () => {
      const metrics = (await agent.http('GET', '/v1/agent/metrics')).json<{
        Gauges: { Name: string; Value: number }[];
      }>();
      const gauge = metrics.Gauges.find(({ Name }) => Name.endsWith('rpc.queries_blocking'));
      return gauge !== undefined && gauge.Value >= count;
    });
    expect(parked).toBe(true);
    const held = (await residentKiB(agent.pid)) - before;
    process.stdout.write(`memory per parked watcher: ${(held / count).toFixed(1)} KiB\n`);
    await put('/v1/kv/crowd', 'after');
    await Promise.all(open);
    expect(answers).toEqual({ right: count, other: 0 });
  });
});

/** One request on a raw connection of its own; resolves with everything received. */
function rawGet(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', (error) => {
      text += String(error);
    });
    socket.on('close', () => resolve(text));
  });
}

async function residentKiB(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]);
}
