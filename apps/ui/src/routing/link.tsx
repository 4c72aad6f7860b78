import type { ComponentChildren } from 'preact';
import { href, navigate } from './navigation.ts';

interface LinkProps {
  /** Path of the UI, `dc1/services`. */
  readonly to: string;
  readonly class?: string;
  /** For links without a text of their own. */
  readonly label?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link within the UI: a real one, which other tabs and screen readers understand. */
export function Link({ to, label, current, children, ...rest }: LinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a
      {...rest}
      href={href(to)}
      onClick={onClick}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
