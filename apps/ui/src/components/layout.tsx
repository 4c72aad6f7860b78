import type { ComponentChildren } from 'preact';
import type { Page } from '../pages/page.ts';
import { Link } from '../routing/link.tsx';
import { pathOf } from '../routing/place.ts';
import { DatacenterSwitch } from './datacenter-switch.tsx';
import { LiveNotice } from './live-notice.tsx';
import { Notices } from './notices.tsx';
import { RefreshButton } from './refresh-button.tsx';
import { Who } from './who.tsx';

const SECTIONS = [
  ['services', 'Services'],
  ['nodes', 'Nodes'],
  ['kv', 'Key/Value'],
  ['acls', 'ACL'],
  ['intentions', 'Intentions'],
] as const;

interface LayoutProps {
  readonly section: Page['section'];
  readonly dc: string;
  readonly children: ComponentChildren;
}

/** What stands around every page. */
export function Layout({ section, dc, children }: LayoutProps) {
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <header class="bar">
        <Link to={pathOf(dc, 'services')} class="brand">
          <Mark />
          <span>Mesh</span>
        </Link>
        <DatacenterSwitch dc={dc} section={section} />
        <nav aria-label="Sections">
          <ul>
            {SECTIONS.map(([id, title]) => (
              <li key={id}>
                <Link to={pathOf(dc, id)} current={id === section}>
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div class="bar-end">
          <RefreshButton />
          <Link to="settings" current={section === 'settings'}>
            Settings
          </Link>
          <Who dc={dc} />
        </div>
      </header>
      <LiveNotice />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Notices />
    </div>
  );
}

/** A button: the base of the page would make another address of a link to "#main". */
function skip(): void {
  document.getElementById('main')?.focus();
}

function Mark() {
  return (
    <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true" class="mark">
      <path d="M3 3h10L8 13z" fill="none" stroke="currentColor" />
      <circle cx="3" cy="3" r="2.4" />
      <circle cx="13" cy="3" r="2.4" />
      <circle cx="8" cy="13" r="2.4" />
    </svg>
  );
}
