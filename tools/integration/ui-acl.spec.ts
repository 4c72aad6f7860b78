/** ACLs in the Web UI, and what it shows when a connection is lost, against real agents. */
import { AgentProcess, describeInBrowser, freePorts, UiBrowser } from '@mesh/testkit';

const DENY = 'acl { enabled = true default_policy = "deny" }';

interface Token {
  readonly SecretID: string;
  readonly AccessorID: string;
}

describeInBrowser('ACLs in the Web UI', () => {
  let agent: AgentProcess;
  let browser: UiBrowser;
  let boot: Token;
  const ui = (path: string) => `http://${agent.address}/ui/${path}`;

  beforeAll(async () => {
    agent = await AgentProcess.start({ hcl: DENY, waitForLeader: false });
    browser = await UiBrowser.start();
    for (let tries = 0; tries < 100; tries++) {
      const answer = await agent.http('PUT', '/v1/acl/bootstrap').catch(() => undefined);
      if (answer?.status === 200) {
        boot = answer.json<Token>();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no bootstrap: ${agent.log()}`);
  });
  afterAll(async () => {
    await browser?.stop();
    await agent?.stop();
  });

  it('a visitor sees nothing, and is told why; a secret that is none is refused', async () => {
    // The refusals are what is wanted here.
    const page = await browser.page('desktop', ({ text }) => /403/.test(text));
    await page.goto(ui('dc1/services'));
    await page.getByText('No services yet').waitFor();
    await page.goto(ui('dc1/acls/tokens'));
    await page.getByLabel('Secret ID of a token').first().fill(boot.AccessorID);
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await page.getByText('No token has this secret ID').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  it('a policy and a token are made, used, and taken away', async () => {
    const page = await browser.page('desktop', ({ text }) => /403/.test(text));
    await page.goto(ui('dc1/acls/sign-in'));
    await page.getByLabel('Secret ID of a token').fill(boot.SecretID);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).first().waitFor();

    await page.goto(ui('dc1/acls/policies/create'));
    await page.getByLabel('Name', { exact: true }).fill('readers');
    await page
      .getByLabel(/Rules/)
      .fill('service_prefix "" { policy = "read" }\nnode_prefix "" { policy = "read" }');
    await page.getByRole('button', { name: /Create|Save/ }).click();
    await page.getByText('readers').first().waitFor();
    const policies = await agent.http('GET', '/v1/acl/policies', undefined, {
      'X-Consul-Token': boot.SecretID,
    });
    expect(policies.text).toContain('"readers"');

    const made = await agent.http(
      'PUT',
      '/v1/acl/token',
      { Description: 'for readers', Policies: [{ Name: 'readers' }] },
      { 'X-Consul-Token': boot.SecretID },
    );
    const reader = made.json<Token>();
    await page.goto(ui('dc1/acls/tokens'));
    await page.getByText('for readers').first().waitFor();
    await page.goto(ui(`dc1/acls/tokens/${reader.AccessorID}`));
    await page.getByRole('button', { name: 'Use this token' }).click();
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByText('Signed in with the token for readers').waitFor();
    await page.goto(ui('dc1/services'));
    await page.getByRole('link', { name: 'consul', exact: true }).waitFor();
    await page.goto(ui('dc1/kv/create'));
    await page.getByLabel('Key or folder').fill('secret');
    await page.getByLabel('Value').fill('x');
    await page.getByRole('button', { name: 'Create' }).click();
    await page
      .getByText(/Permission denied/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  it('a token that was deleted is no longer good', async () => {
    const headers = { 'X-Consul-Token': boot.SecretID };
    const made = await agent.http('PUT', '/v1/acl/token', { Description: 'short' }, headers);
    const token = made.json<Token>();
    const asked = () =>
      agent.http('GET', '/v1/catalog/nodes', undefined, { 'X-Consul-Token': token.SecretID });
    expect((await asked()).status).toBe(200);
    await agent.http('DELETE', `/v1/acl/token/${token.AccessorID}`, undefined, headers);
    expect((await asked()).status).toBe(403);
  });
});

describeInBrowser('a lost connection', () => {
  it('is shown, and heals by itself', async () => {
    const [http] = await freePorts(1);
    const start = () => AgentProcess.start({ httpPort: http! });
    const browser = await UiBrowser.start();
    let agent = await start();
    try {
      const page = await browser.page('desktop', ({ text }) => /ERR_|closed|WebSocket/.test(text));
      await page.goto(`http://127.0.0.1:${http}/ui/dc1/services`);
      await page.getByRole('link', { name: 'consul', exact: true }).waitFor();
      await agent.stop();
      await page.getByText('The connection to the agent is lost').waitFor();
      agent = await start();
      await page.getByText('The connection to the agent is lost').waitFor({ state: 'detached' });
      await agent.http('PUT', '/v1/agent/service/register', { name: 'healed' });
      await page.getByRole('link', { name: 'healed', exact: true }).waitFor();
      expect(browser.complaints).toEqual([]);
    } finally {
      await browser.stop();
      await agent.stop();
    }
  });

  it('ACLs that are off have a page that says so', async () => {
    const agent = await AgentProcess.start();
    const browser = await UiBrowser.start();
    try {
      const page = await browser.page('desktop', ({ text }) => /401/.test(text));
      await page.goto(`http://${agent.address}/ui/dc1/acls/tokens`);
      await page
        .getByText(/ACLs are (off|disabled|not)/i)
        .first()
        .waitFor();
      expect(browser.complaints).toEqual([]);
    } finally {
      await browser.stop();
      await agent.stop();
    }
  });
});
