import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useSearch } from './search-box.tsx';

export interface Tab {
  /** In the address: `?tab=`. */
  readonly id: string;
  readonly title: string;
  readonly content: () => ComponentChildren;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** Tabs (WAI-ARIA authoring practices): arrows move between them; the address keeps which one is shown. */
export function Tabs({ label, tabs }: TabsProps) {
  const base = useId();
  const [kept, keep] = useSearch('tab');
  const current = tabs.find(({ id }) => id === kept) ?? tabs[0]!;
  const show = (tab: Tab) => keep(tab === tabs[0] ? '' : tab.id);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length]!;
    show(next);
    document.getElementById(`${base}-${next.id}`)?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            aria-selected={tab === current}
            aria-controls={`${base}-panel`}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => show(tab)}
            onKeyDown={onKeyDown}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${current.id}`}>
        {current.content()}
      </div>
    </div>
  );
}
