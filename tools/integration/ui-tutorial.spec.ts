/** The tutorial's seventh section: the Web UI, walked in a browser against a real agent. */
import { createServer, request, type Server } from 'node:http';
import { AgentProcess, describeInBrowser, UiBrowser, until } from '@mesh/testkit';
import type { Page } from 'playwright-core';

const WEB = {
  service: {
    name: 'web',
    port: 8080,
    tags: ['rails'],
    connect: {
      sidecar_service: {
        proxy: { upstreams: [{ destination_name: 'socat', local_bind_port: 9191 }] },
      },
    },
  },
};
const SOCAT = { service: { name: 'socat', port: 8181, connect: { sidecar_service: {} } } };

describeInBrowser('the Web UI', () => {
  let agent: AgentProcess;
  let browser: UiBrowser;
  let page: Page;
  const ui = (path = '') => `http://${agent.address}/ui/${path}`;
  const row = (name: string) => page.getByRole('link', { name, exact: true });

  beforeAll(async () => {
    agent = await AgentProcess.start({ files: { 'web.json': WEB, 'socat.json': SOCAT } });
    for (const file of ['web.json', 'socat.json']) {
      expect(await agent.cli(['services', 'register', file])).toMatchObject({ code: 0 });
    }
    browser = await UiBrowser.start();
    page = await browser.page();
  });
  afterAll(async () => {
    await browser?.stop();
    await agent?.stop();
  });
  afterEach(() => expect(browser.complaints).toEqual([]));

  it('the root leads to the services', async () => {
    await page.goto(`http://${agent.address}/`);
    await page.getByRole('heading', { name: 'Services' }).waitFor();
    expect(page.url()).toBe(ui('dc1/services'));
    for (const name of ['consul', 'socat', 'socat-sidecar-proxy', 'web']) await row(name).waitFor();
  });

  it('a search leaves what has the word; it survives a reload', async () => {
    await page.getByLabel('Search services').fill('socat');
    await row('web').waitFor({ state: 'detached' });
    expect(await page.locator('[data-row]').count()).toBe(2);
    await page.reload();
    await row('socat').waitFor();
    expect(await page.getByLabel('Search services').inputValue()).toBe('socat');
    await page.getByLabel('Search services').fill('tag:rails');
    await row('web').waitFor();
    await page.getByLabel('Search services').fill('status:critical');
    await row('web-sidecar-proxy').waitFor();
    await page.getByLabel('Search services').fill('');
  });

  it('a service, its instance, its proxy', async () => {
    await row('web').click();
    await page.getByRole('heading', { name: 'web' }).waitFor();
    await page.getByText('127.0.0.1:8080').waitFor();
    await row('web').click();
    await page.getByRole('tab', { name: 'Proxy info' }).click();
    await page.getByText('web-sidecar-proxy').waitFor();
    await page.getByText('127.0.0.1:9191').waitFor();
    await row('web-sidecar-proxy').click();
    await page.getByRole('tab', { name: 'Service checks' }).waitFor();
    await page.getByText('Connect Sidecar Listening').waitFor();
  });

  it('the neighbourhood in the mesh', async () => {
    await page.goto(ui('dc1/services/socat?tab=topology'));
    await page.getByRole('heading', { name: 'Calls socat' }).waitFor();
    await row('web').waitFor();
    await page.locator('.badge', { hasText: 'Allow' }).waitFor();
  });

  it('the node of this machine', async () => {
    await page.getByRole('link', { name: 'Nodes' }).click();
    await page.getByText('Leader').waitFor();
    await row('test').click();
    await page.getByText('Serf Health Status').waitFor();
    await page.getByText('Agent alive and reachable').waitFor();
    await page.getByRole('tab', { name: 'Services' }).click();
    await row('web').waitFor();
    await page.getByRole('tab', { name: 'Metadata' }).click();
    await page.getByText('consul-network-segment').waitFor();
  });

  it('two keys make one folder', async () => {
    await page.getByRole('link', { name: 'Key/Value' }).click();
    for (const [key, value] of [
      ['redis/user', 'Alice'],
      ['redis/password', '123'],
    ] as const) {
      await page.getByRole('link', { name: 'Create', exact: true }).click();
      await page.getByLabel('Key or folder').fill(key);
      await page.getByLabel('Value').fill(value);
      await page.getByRole('button', { name: 'Create' }).click();
      await page.getByRole('heading', { name: 'Key/Value' }).waitFor();
    }
    await page.getByRole('link', { name: 'redis/' }).waitFor();
    expect(await page.locator('[data-row]').count()).toBe(1);
    expect((await agent.cli(['kv', 'get', 'redis/user'])).stdout).toBe('Alice\n');
    expect((await agent.cli(['kv', 'get', 'redis/password'])).stdout).toBe('123\n');
  });

  it('a change by the command line appears without a reload', async () => {
    await page.goto(ui('dc1/kv/redis/'));
    await row('user').waitFor();
    await agent.cli(['kv', 'put', 'redis/added', 'x']);
    const writtenMs = performance.now();
    await row('added').waitFor({ timeout: 5000 });
    const seenMs = performance.now() - writtenMs;
    console.log(`ui: a change by the command line is seen ${seenMs.toFixed(0)} ms after it ended`);
    await page.goto(ui('dc1/services'));
    await row('web').waitFor();
    await agent.cli(['services', 'deregister', '-id=socat']);
    await row('socat').waitFor({ state: 'detached', timeout: 5000 });
  });

  it('a session that holds a lock is shown with its node, and can be invalidated', async () => {
    const created = await agent.http('PUT', '/v1/session/create', { Name: 'web leader' });
    const { ID } = created.json<{ ID: string }>();
    await agent.http('PUT', `/v1/kv/lock/web?acquire=${ID}`, 'held');
    await page.goto(ui('dc1/nodes/test?tab=sessions'));
    await page.getByRole('button', { name: 'Invalidate the session web leader' }).click();
    await page.getByRole('button', { name: 'Invalidate the session', exact: true }).click();
    await page.getByText('No sessions').waitFor();
    const pair = await agent.http('GET', '/v1/kv/lock/web');
    expect(pair.json<{ Session?: string }[]>()[0]!.Session).toBeUndefined();
  });

  it('an intention is made, takes effect, and is taken back', async () => {
    const isAllowed = async () => {
      const path = '/v1/connect/intentions/check?source=web&destination=socat';
      return (await agent.http('GET', path)).json<{ Allowed: boolean }>().Allowed;
    };
    await page.getByRole('link', { name: 'Intentions' }).click();
    await page
      .getByRole('link', { name: /Create/ })
      .first()
      .click();
    await page.getByLabel('Source service').fill('web');
    await page.getByLabel('Destination service').fill('socat');
    await page.getByLabel('Deny').check();
    await page.getByRole('button', { name: /Create|Save/ }).click();
    await page.locator('.badge', { hasText: 'Deny' }).waitFor();
    expect(await isAllowed()).toBe(false);
    expect((await agent.cli(['intention', 'check', 'web', 'socat'])).stdout).toBe('Denied\n');
    await page.goto(ui('dc1/services/web?tab=intentions'));
    await page.getByText('Precedence 9').waitFor();
    const list = await browser.page();
    await list.goto(ui('dc1/intentions'));
    await list.getByRole('button', { name: /Delete/ }).click();
    await list
      .getByRole('dialog')
      .getByRole('button', { name: /Delete/ })
      .click();
    // The other page hears of it by itself.
    await page.getByText('No intention speaks of web').waitFor({ timeout: 5000 });
    expect(await isAllowed()).toBe(true);
  });

  it('addresses that lead nowhere say so', async () => {
    await page.goto(ui('dc1/nonsense/x'));
    await page.getByText('There is no page at this address').waitFor();
    await page.goto(ui('dc1/services/nobody'));
    await page.getByText('No instance of nobody').waitFor();
  });
});

describeInBrowser('the Web UI elsewhere', () => {
  let agent: AgentProcess;
  let browser: UiBrowser;
  let front: Server;
  beforeAll(async () => {
    agent = await AgentProcess.start({ hcl: 'ui_content_path = "/my/mesh/"' });
    browser = await UiBrowser.start();
  });
  afterAll(async () => {
    front?.closeAllConnections();
    front?.close();
    await browser?.stop();
    await agent?.stop();
  });

  it('works under another path of the agent', async () => {
    const page = await browser.page();
    await page.goto(`http://${agent.address}/my/mesh/dc1/nodes`);
    await page.getByRole('link', { name: 'test', exact: true }).click();
    await page.getByText('Serf Health Status').waitFor();
    expect(new URL(page.url()).pathname).toBe('/my/mesh/dc1/nodes/test');
    expect(browser.complaints).toEqual([]);
  });

  it('works behind a proxy that strips a prefix, and shows when it is not live', async () => {
    // It forwards requests but no WebSockets: the page shows what there is, and says that it may be old.
    front = createServer((incoming, outgoing) => {
      const path = incoming.url!.replace(/^\/ops\/consul/, '');
      const { method, headers } = incoming;
      const target = { host: '127.0.0.1', port: agent.httpPort, method, headers, path };
      const onward = request(target, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.on('upgrade', (_answer, socket) => socket.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as { port: number };
    const page = await browser.page('desktop', ({ text }) => text.includes('/v1/live'));
    await page.goto(`http://127.0.0.1:${port}/ops/consul/my/mesh/dc1/services`);
    await page.getByRole('link', { name: 'consul', exact: true }).waitFor();
    await page.getByText('what you see may be old').waitFor();
    await page.getByRole('link', { name: 'Nodes' }).click();
    await page.getByRole('link', { name: 'test', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/ops/consul/my/mesh/dc1/nodes');
    expect(browser.complaints).toEqual([]);
  });
});

describeInBrowser('the Web UI of two datacenters', () => {
  let agents: AgentProcess[] = [];
  let browser: UiBrowser;
  beforeAll(async () => {
    agents = await Promise.all(
      ['dc1', 'dc2'].map((dc) => AgentProcess.start({ args: [`-datacenter=${dc}`] })),
    );
    const [here, there] = agents as [AgentProcess, AgentProcess];
    await here.cli(['join', '-wan', `127.0.0.1:${there.serfWanPort}`]);
    await until('the other datacenter', async () => {
      const { text } = await here.http('GET', '/v1/catalog/services?dc=dc2');
      return text.includes('consul');
    });
    await there.http('PUT', '/v1/agent/service/register', { Name: 'over-there' });
    browser = await UiBrowser.start();
  }, 60_000);
  afterAll(async () => {
    await browser?.stop();
    await Promise.all(agents.map((agent) => agent.stop()));
  });
  afterEach(() => expect(browser.complaints).toEqual([]));

  it('shows the other one, and follows it', async () => {
    const [here, there] = agents as [AgentProcess, AgentProcess];
    const page = await browser.page();
    await page.goto(`http://${here.address}/ui/`);
    await page.getByRole('link', { name: 'consul', exact: true }).waitFor();
    await page.getByLabel('Datacenter').selectOption('dc2');
    await page.getByRole('link', { name: 'over-there', exact: true }).waitFor();
    expect(page.url()).toBe(`http://${here.address}/ui/dc2/services`);
    await there.http('PUT', '/v1/kv/far', 'x');
    await page.getByRole('link', { name: 'Key/Value' }).click();
    await page.getByRole('link', { name: 'far', exact: true }).waitFor();
    await there.http('PUT', '/v1/kv/farther', 'x');
    await page.getByRole('link', { name: 'farther', exact: true }).waitFor();
  });

  it('opens no live connection where live updates are off; a button asks anew', async () => {
    const [here] = agents as [AgentProcess, AgentProcess];
    const page = await browser.page();
    await page.goto(`http://${here.address}/ui/settings`);
    await page.getByLabel('Live updates').uncheck();
    let sockets = 0;
    page.on('websocket', () => sockets++);
    await page.goto(`http://${here.address}/ui/dc1/services`);
    await page.getByRole('link', { name: 'consul', exact: true }).waitFor();
    await here.http('PUT', '/v1/agent/service/register', { Name: 'later' });
    await until('the catalog', async () => {
      return (await here.http('GET', '/v1/catalog/services')).text.includes('later');
    });
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('link', { name: 'later', exact: true }).waitFor();
    expect(sockets).toBe(0);
  });
});
