import type { Page } from './page.ts';

/** Every page, one line each; the first pattern that matches wins. */
export const pages: readonly Page[] = [
  page(':dc/services', 'services', () => import('./services/service-list.tsx')),
  page(':dc/services/:name', 'services', () => import('./services/service.tsx')),
  page(':dc/services/:name/:node/:id', 'services', () => import('./services/instance.tsx')),
  page(':dc/nodes', 'nodes', () => import('./nodes/node-list.tsx')),
  page(':dc/nodes/:name', 'nodes', () => import('./nodes/node.tsx')),
  page(':dc/kv', 'kv', () => import('./kv/kv.tsx')),
  page(':dc/kv/*rest', 'kv', () => import('./kv/kv.tsx')),
  page(':dc/intentions', 'intentions', () => import('./intentions/intention-list.tsx')),
  page(':dc/intentions/create', 'intentions', () => import('./intentions/intention.tsx')),
  page(':dc/intentions/:id', 'intentions', () => import('./intentions/intention.tsx')),
  page(':dc/acls', 'acls', () => import('./acls/acls.tsx')),
  page(':dc/acls/*rest', 'acls', () => import('./acls/acls.tsx')),
  page('settings', 'settings', () => import('./settings/settings.tsx')),
  page('*rest', '', () => import('./not-found.tsx')),
];

function page(pattern: string, section: Page['section'], load: Page['load']): Page {
  return { pattern, section, load };
}
