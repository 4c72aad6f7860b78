/** Every page of the Web UI, at desktop size in light and at phone size in dark: accessible, and seen. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AgentProcess,
  accessibilityFindings,
  describeInBrowser,
  type ScreenName,
  UiBrowser,
} from '@mesh/testkit';
import type { Page } from 'playwright-core';

const SHOTS = join(__dirname, '..', '..', 'dist', 'ui-screenshots');
/** What the page may load at first, compressed. */
const MAX_FIRST_LOAD_BYTES = 200_000;
const MASTER = '11111111-2222-4333-8444-555555555555';
const ACLS = `acl { enabled = true default_policy = "allow" tokens { master = "${MASTER}" } }`;

/** Path, and what is there once it is drawn. */
const PAGES: readonly (readonly [path: string, sign: string])[] = [
  ['dc1/services', 'socat'],
  ['dc1/services/web', '127.0.0.1:8080'],
  ['dc1/services/web?tab=topology', 'Called by web'],
  ['dc1/services/web?tab=intentions', 'Precedence 9'],
  ['dc1/services/web?tab=tags', 'rails'],
  ['dc1/services/web/test/web', 'Output of the check'],
  ['dc1/services/web/test/web?tab=proxy', '127.0.0.1:9191'],
  ['dc1/services/web/test/web?tab=tags', 'rails'],
  ['dc1/nodes', 'Leader'],
  ['dc1/nodes/test', 'Agent alive and reachable'],
  ['dc1/nodes/test?tab=services', 'web-sidecar-proxy'],
  ['dc1/nodes/test?tab=rtt', 'no other node'],
  ['dc1/nodes/test?tab=sessions', 'web leader'],
  ['dc1/nodes/test?tab=meta', 'consul-network-segment'],
  ['dc1/kv', 'redis/'],
  ['dc1/kv/redis/', 'user'],
  ['dc1/kv/redis/user/edit', 'Flags'],
  ['dc1/kv/create', 'Key or folder'],
  ['dc1/intentions', 'web'],
  ['dc1/intentions/create', 'Source service'],
  ['dc1/acls/tokens', 'Anonymous Token'],
  ['dc1/acls/policies', 'global-management'],
  ['dc1/acls/roles', 'Roles'],
  ['dc1/acls/auth-methods', 'Auth'],
  ['settings', 'Dashboard'],
  ['dc1/nowhere/at/all', 'There is no page'],
];

const WEB = {
  name: 'web',
  port: 8080,
  tags: ['rails'],
  check: { ttl: '1h', status: 'passing', name: 'Memory', notes: 'by hand' },
  connect: {
    sidecar_service: {
      proxy: { upstreams: [{ destination_name: 'socat', local_bind_port: 9191 }] },
    },
  },
};

describeInBrowser('pages of the Web UI', () => {
  let agent: AgentProcess;
  let browser: UiBrowser;
  const ui = (path: string) => `http://${agent.address}/ui/${path}`;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    agent = await AgentProcess.start({ hcl: ACLS });
    const put = (path: string, body: object | string) => agent.http('PUT', path, body);
    await put('/v1/agent/service/register', WEB);
    await put('/v1/agent/service/register', { name: 'socat', port: 8181 });
    await put('/v1/agent/check/warn/service:web?note=Output%20of%20the%20check', '');
    await agent.cli(['intention', 'create', '-deny', 'web', 'socat']);
    await put('/v1/kv/redis/user', 'Alice');
    await put('/v1/session/create', { Name: 'web leader' });
    browser = await UiBrowser.start();
  });
  afterAll(async () => {
    await browser?.stop();
    await agent?.stop();
  });

  async function signedIn(screen: ScreenName): Promise<Page> {
    const page = await browser.page(screen);
    await page.goto(ui('dc1/acls/sign-in'));
    await page.getByLabel('Secret ID of a token').fill(MASTER);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).first().waitFor();
    return page;
  }

  it('the first load is small, and comes from nowhere else', async () => {
    const page = await browser.page();
    const sizes: Promise<number>[] = [];
    const hosts = new Set<string>();
    page.on('request', (each) => {
      if (each.url().startsWith('http')) hosts.add(new URL(each.url()).host);
    });
    page.on('requestfinished', (each) => {
      sizes.push(each.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto(ui('dc1/services'));
    await page.getByRole('link', { name: 'socat', exact: true }).waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    console.log(
      `ui: first load ${(total / 1000).toFixed(1)} kB compressed, ${sizes.length} requests`,
    );
    expect(total).toBeGreaterThan(5000);
    expect(total).toBeLessThanOrEqual(MAX_FIRST_LOAD_BYTES);
    expect([...hosts]).toEqual([agent.address]);
  });

  it.each(['desktop', 'phone'] as const)(
    'every page on a %s: no serious finding of axe, nothing beyond its width',
    async (screen) => {
      const page = await signedIn(screen);
      const findings: object[] = [];
      for (const [path, sign] of PAGES) {
        await page.goto(ui(path));
        await page.getByText(sign).first().waitFor({ state: 'attached' });
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        const found = await accessibilityFindings(page);
        if (found.length > 0 || overflow > 0) findings.push({ path, found, overflow });
        const name = path.replace(/[^a-z0-9]+/gi, '-');
        await page.screenshot({ path: join(SHOTS, `${name}-${screen}.png`) });
      }
      expect(findings).toEqual([]);
      expect(browser.complaints).toEqual([]);
    },
    120_000,
  );

  it('is walked by keyboard alone', async () => {
    const page = await browser.page();
    await page.goto(ui('dc1/services'));
    await page.getByRole('link', { name: 'web', exact: true }).waitFor();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    const seen: string[] = [];
    for (let steps = 0; steps < 30; steps++) {
      const text = await focused();
      seen.push(text);
      if (text === 'web') break;
      await page.keyboard.press('Tab');
    }
    expect(seen.at(-1)).toBe('web');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Instances' }).waitFor();
    await page.getByRole('tab', { name: 'Instances' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Called by web' }).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  it('follows the policy: nothing inline, nothing from elsewhere, not framed', async () => {
    const { headers, text } = await agent.http('GET', '/ui/dc1/kv');
    const policy = headers['content-security-policy']!;
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+=/);
    expect(text).not.toMatch(/(src|href)="https?:/);
  });
});
