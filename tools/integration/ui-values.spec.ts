/** Values and names that are hard to show and to save, and very many of them, in the Web UI. */
import { AgentProcess, describeInBrowser, UiBrowser } from '@mesh/testkit';
import type { Page } from 'playwright-core';

const HTML = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&lt;b&gt;';
const VALUES: readonly (readonly [name: string, value: Buffer])[] = [
  ['html', Buffer.from(HTML)],
  ['emoji', Buffer.from('👩‍👩‍👧 ä 日本語 \u202eabc')],
  ['nul', Buffer.from('a\0b\0')],
  ['crlf', Buffer.from('a\r\nb\rc\n\n')],
  ['not utf-8', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3])],
  ['bom', Buffer.from('\ufeffx')],
  ['512 KB', Buffer.alloc(512 * 1024, 'x')],
];

const NAMES = [
  'a b',
  '50%',
  '%41',
  'a%2Fb',
  '日本/語',
  'q?x=1#y',
  '<b>"\'&',
  'dir/with.dots/..x',
  'plus+',
];

const SERVICES = 2000;
const KEYS = 20_000;
/** Operations of one transaction. */
const BATCH = 64;

describeInBrowser('hostile values', () => {
  let agent: AgentProcess;
  let browser: UiBrowser;
  let page: Page;
  const pathOf = (key: string) => key.split('/').map(encodeURIComponent).join('/');
  const editPage = (key: string) => `http://${agent.address}/ui/dc1/kv/${pathOf(key)}/edit`;
  const stored = async (key: string): Promise<Buffer> => {
    const answer = await agent.http('GET', `/v1/kv/${pathOf(key)}`);
    return Buffer.from(answer.json<{ Value: string }[]>()[0]!.Value, 'base64');
  };

  beforeAll(async () => {
    agent = await AgentProcess.start();
    browser = await UiBrowser.start();
    page = await browser.page();
  });
  afterAll(async () => {
    await browser?.stop();
    await agent?.stop();
  });
  afterEach(async () => {
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(browser.complaints).toEqual([]);
  });

  it.each(VALUES)('%s: shown, and saved with other flags, byte for byte', async (name, value) => {
    const key = `values/${name}`;
    await agent.http('PUT', `/v1/kv/${pathOf(key)}`, value);
    await page.goto(editPage(key));
    await page.getByLabel('Flags').fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`Saved ${key}`).waitFor();
    expect((await stored(key)).equals(value)).toBe(true);
    const { text } = await agent.http('GET', `/v1/kv/${pathOf(key)}`);
    expect(JSON.parse(text)[0].Flags).toBe(7);
  });

  it('text that was edited keeps what was not', async () => {
    const key = 'values/html';
    await page.goto(editPage(key));
    expect(await page.getByLabel('Value').inputValue()).toBe(HTML);
    await page.getByLabel('Value').fill(`${HTML} 😀\nend`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`Saved ${key}`).waitFor();
    expect((await stored(key)).toString()).toBe(`${HTML} 😀\nend`);
  });

  it.each(NAMES)('a key called %s', async (name) => {
    await page.goto(`http://${agent.address}/ui/dc1/kv/create`);
    await page.getByLabel('Key or folder').fill(name);
    await page.getByLabel('Value').fill('here');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText(`Saved ${name}`).waitFor();
    expect((await stored(name)).toString()).toBe('here');
    await page.goto(editPage(name));
    await page.getByLabel('Value').waitFor();
    expect(await page.getByLabel('Value').inputValue()).toBe('here');
    await page.reload();
    await page.getByLabel('Value').waitFor();
    await page.getByLabel('Value').fill('changed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`Saved ${name}`).waitFor();
    expect((await stored(name)).toString()).toBe('changed');
  });

  it('a change by another is shown rather than overwritten', async () => {
    await agent.http('PUT', '/v1/kv/shared', 'first');
    await page.goto(editPage('shared'));
    await page.getByLabel('Value').fill('mine');
    await agent.http('PUT', '/v1/kv/shared', 'theirs');
    await page.getByText('This key was changed meanwhile').waitFor();
    await page.getByText('theirs').first().waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    expect((await stored('shared')).toString()).toBe('theirs');
    await page.getByRole('button', { name: /Keep mine/ }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved shared').waitFor();
    expect((await stored('shared')).toString()).toBe('mine');
  });

  it('hostile names of services, nodes and tags are text everywhere', async () => {
    await agent.http('PUT', '/v1/catalog/register', {
      Node: 'n<b>1',
      Address: '10.0.0.1',
      NodeMeta: { k: HTML },
      Service: { ID: 's/1%', Service: '<i>x/y%</i>', Tags: [HTML], Meta: { k: HTML } },
      Check: { CheckID: 'c', Name: HTML, ServiceID: 's/1%', Status: 'critical', Output: HTML },
    });
    await page.goto(`http://${agent.address}/ui/dc1/services`);
    await page.getByRole('link', { name: '<i>x/y%</i>', exact: true }).click();
    await page.getByRole('link', { name: 's/1%', exact: true }).click();
    await page.locator('pre', { hasText: 'onerror' }).waitFor();
    await page.getByRole('tab', { name: 'Tags & meta' }).click();
    await page.getByRole('cell', { name: HTML }).waitFor();
    await page.getByRole('link', { name: 'n<b>1', exact: true }).click();
    await page.getByRole('heading', { name: 'n<b>1' }).waitFor();
  });
});

describeInBrowser('very many', () => {
  let agent: AgentProcess;
  let browser: UiBrowser;
  let page: Page;
  const stalls: string[] = [];

  beforeAll(async () => {
    agent = await AgentProcess.start({ hcl: 'log_level = "WARN"' });
    await agent.http('PUT', '/v1/catalog/register', { Node: 'many', Address: '10.0.0.1' });
    const put = (operations: object[]) => agent.http('PUT', '/v1/txn', operations);
    const all = [
      ...Array.from({ length: SERVICES }, (_, at) => ({
        Service: { Verb: 'set', Node: 'many', Service: { Service: `service-${at}`, Port: 80 } },
      })),
      ...Array.from({ length: KEYS }, (_, at) => ({
        KV: { Verb: 'set', Key: `many/key-${String(at).padStart(5, '0')}`, Value: 'eA==' },
      })),
    ];
    for (let at = 0; at < all.length; at += BATCH) {
      const { status } = await put(all.slice(at, at + BATCH));
      expect(status).toBe(200);
    }
    browser = await UiBrowser.start();
    page = await browser.page();
    await page.addInitScript(`
      window.longTasks = [];
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration));
      }).observe({ type: 'longtask', buffered: true });
    `);
  }, 120_000);
  afterAll(async () => {
    console.log(`ui: tasks over 50 ms, longest first:\n${stalls.join('\n')}`);
    await browser?.stop();
    await agent?.stop();
  });

  /** Scrolls to the end and back, and types a search; only what is in sight is in the page. */
  async function use(what: string, label: string, word: string): Promise<void> {
    const report = async (step: string) => {
      const tasks = await page.evaluate<number[]>('window.longTasks.splice(0)');
      stalls.push(
        `  ${what}, ${step}: ${
          tasks
            .sort((a, b) => b - a)
            .slice(0, 5)
            .join(' ') || 'none'
        } ms`,
      );
    };
    await report('loading');
    for (let round = 0; round < 20; round++) {
      await page.mouse.wheel(0, 20_000);
      await page.evaluate(
        'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
      );
    }
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.waitForFunction("document.querySelectorAll('[data-row]').length > 0");
    expect(await page.locator('[data-row]').count()).toBeLessThan(150);
    await report('scrolling');
    await page.evaluate('scrollTo(0, 0)');
    await page.getByLabel(label).pressSequentially(word);
    await page.waitForFunction("document.querySelectorAll('[data-row]').length === 1");
    await report('filtering');
  }

  it(`${SERVICES} services scroll and filter`, async () => {
    await page.goto(`http://${agent.address}/ui/dc1/services`);
    await page.getByRole('link', { name: 'service-0', exact: true }).waitFor();
    await use('services', 'Search services', 'service-1999');
    expect(browser.complaints).toEqual([]);
  });

  it(`${KEYS} keys scroll and filter`, async () => {
    await page.goto(`http://${agent.address}/ui/dc1/kv/many/`);
    await page.getByRole('link', { name: 'key-00000', exact: true }).waitFor();
    await use('keys', 'Filter by name', 'key-19999');
    expect(browser.complaints).toEqual([]);
  });
});
