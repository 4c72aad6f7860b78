import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from '../routing/link.tsx';

export interface Crumb {
  readonly to: string;
  readonly text: string;
}

interface PageHeaderProps {
  /** Text of the h1, and of the window's title. */
  readonly title: string;
  /** Shown beside the title, such as a health badge. */
  readonly beside?: ComponentChildren;
  readonly crumbs?: readonly Crumb[];
  /** Buttons and links at its end. */
  readonly actions?: ComponentChildren;
}

/** Heading of a page. Takes the focus when the page comes up, so that screen readers tell where one is. */
export function PageHeader({ title, beside, crumbs = [], actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Mesh`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <header class="page-header">
      {crumbs.length > 0 && (
        <nav class="crumbs" aria-label="Breadcrumbs">
          <ol>
            {crumbs.map(({ to, text }) => (
              <li key={to}>
                <Link to={to}>{text}</Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div class="page-title">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside}
        {actions && <div class="actions page-actions">{actions}</div>}
      </div>
    </header>
  );
}
