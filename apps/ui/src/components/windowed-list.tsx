import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn beyond what is seen, above and below. */
const MARGIN_ROWS = 12;
/** Shorter lists are drawn whole: search in the page finds everything there. */
const WHOLE_ROWS = 200;

interface WindowedListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly children: (item: T) => ComponentChildren;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A list that scrolls with the page and draws only the rows that are in sight. Rows have one height, which
 * the style sheet gives them (`--row`), and which is measured at the first row.
 */
export function WindowedList<T>({ label, items, keyOf, children }: WindowedListProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  const [rowHeight, setRowHeight] = useState(0);
  const [span, setSpan] = useState<Span>({ from: 0, to: WHOLE_ROWS });
  const isWhole = items.length <= WHOLE_ROWS;

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || isWhole) return undefined;
    const look = () => {
      const height =
        element.querySelector('li[data-row]')?.getBoundingClientRect().height || rowHeight;
      if (height === 0) return;
      setRowHeight(height);
      const above = Math.max(0, -element.getBoundingClientRect().top);
      const from = Math.max(0, Math.floor(above / height) - MARGIN_ROWS);
      const to = Math.min(
        items.length,
        Math.ceil((above + window.innerHeight) / height) + MARGIN_ROWS,
      );
      setSpan((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [items.length, isWhole, rowHeight]);

  const from = isWhole ? 0 : Math.min(span.from, items.length);
  const to = isWhole ? items.length : Math.min(span.to, items.length);
  return (
    // biome-ignore lint/a11y/noRedundantRoles: Safari forgets that a list without bullets is one
    <ul ref={list} class="list" role="list" aria-label={label}>
      <Spacer height={from * rowHeight} />
      {items.slice(from, to).map((item, at) => (
        <li
          key={keyOf(item)}
          data-row
          aria-setsize={isWhole ? undefined : items.length}
          aria-posinset={isWhole ? undefined : from + at + 1}
        >
          {children(item)}
        </li>
      ))}
      <Spacer height={(items.length - to) * rowHeight} />
    </ul>
  );
}

/** Room for rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  const element = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    // Through the object model: the page's policy forbids style attributes.
    if (element.current) element.current.style.height = `${height}px`;
  }, [height]);
  if (height === 0) return null;
  return <li ref={element} class="spacer" aria-hidden="true" />;
}
