import { refreshAll } from '../api/use-query.ts';
import { useObservable } from '../settings/observable.ts';
import { settings } from '../settings/settings.ts';

/** Asks anew for what is on the screen; only there while live updates are off. */
export function RefreshButton() {
  const { live } = useObservable(settings);
  if (live) return null;
  return (
    <button type="button" class="plain" aria-label="Refresh" title="Refresh" onClick={refreshAll}>
      <span aria-hidden="true">↻</span>
    </button>
  );
}
