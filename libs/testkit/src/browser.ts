import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { requireTool } from './tools.ts';

/** Desktop and phone. */
export const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
} as const;

export type ScreenName = keyof typeof SCREENS;

/** Debian's Chromium. */
const EXECUTABLE = '/usr/bin/chromium';
/** How long a page may take over anything, milliseconds: test machines are busy. */
const TIMEOUT_MS = 15_000;

/** What a page complained of. */
export interface Complaint {
  readonly kind: 'console' | 'page error' | 'failed request' | 'bad answer';
  readonly text: string;
}

/** A headless Chromium, whose pages' complaints are kept: errors in the console, failed requests. */
export class UiBrowser {
  /** Complaints of all pages so far. */
  readonly complaints: Complaint[] = [];
  private readonly browser: Browser;
  private readonly contexts: BrowserContext[] = [];

  private constructor(browser: Browser) {
    this.browser = browser;
  }

  static async start(): Promise<UiBrowser> {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    // Loaded here: most tests that use this lib need no browser.
    const { chromium } = await import('playwright-core');
    return new UiBrowser(await chromium.launch({ executablePath: EXECUTABLE, args }));
  }

  /** A page of a profile of its own; what it complains of is kept unless `isExpected` takes it. */
  async page(
    screen: ScreenName = 'desktop',
    isExpected: (complaint: Complaint) => boolean = () => false,
  ): Promise<Page> {
    const context = await this.browser.newContext({ ...SCREENS[screen], reducedMotion: 'reduce' });
    context.setDefaultTimeout(TIMEOUT_MS);
    this.contexts.push(context);
    const page = await context.newPage();
    const complain = (complaint: Complaint) => {
      if (!isExpected(complaint)) this.complaints.push(complaint);
    };
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      complain({ kind: 'console', text: `${message.text()} ${message.location().url}` });
    });
    page.on('pageerror', (error) => complain({ kind: 'page error', text: String(error) }));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // A page that is left takes its requests along.
      if (why === 'net::ERR_ABORTED') return;
      complain({ kind: 'failed request', text: `${request.method()} ${request.url()}: ${why}` });
    });
    page.on('response', (response) => {
      if (response.status() < 400) return;
      complain({ kind: 'bad answer', text: `${response.status()} ${response.url()}` });
    });
    return page;
  }

  async stop(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
    await this.browser.close();
  }
}

/** A rule of accessibility that a page breaks. */
export interface AccessibilityFinding {
  readonly rule: string;
  readonly impact: string;
  readonly where: readonly string[];
}

interface AxeResult {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

/** Serious and critical findings of axe on what a page shows now. */
export async function accessibilityFindings(page: Page): Promise<readonly AccessibilityFinding[]> {
  const source = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(source);
  const found = (await page.evaluate(
    'axe.run().then(({ violations }) => violations)',
  )) as AxeResult[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      where: nodes.map(({ target }) => target.join(' ')),
    }));
}

/** `describe` for tests in a browser: where there is no Chromium they are left out, with a line that says so. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (requireTool('chromium')) describe(name, tests);
  else test(`${name}: left out without chromium`, () => {});
}
