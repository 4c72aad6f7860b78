import { useEffect, useState } from 'preact/hooks';
import { request } from '../api/request.ts';
import type { Page } from '../pages/page.ts';
import { navigate } from '../routing/navigation.ts';
import { pathOf } from '../routing/place.ts';
import { changeSettings } from '../settings/settings.ts';

interface DatacenterSwitchProps {
  readonly dc: string;
  readonly section: Page['section'];
}

/** Shows the datacenter, and offers the others where there are any. */
export function DatacenterSwitch({ dc, section }: DatacenterSwitchProps) {
  const [known, setKnown] = useState<readonly string[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    request('GET', '/v1/catalog/datacenters', { signal: abort.signal }).then(
      (answer) => setKnown(answer.json<string[]>()),
      // Without an answer there is the one that is shown.
      () => {},
    );
    return () => abort.abort();
  }, []);
  // Not what an address merely claims: it would be shown from then on.
  const isKnown = known.includes(dc);
  useEffect(() => {
    if (isKnown) changeSettings({ datacenter: dc });
  }, [dc, isKnown]);
  const all = isKnown ? known : [dc, ...known];
  if (all.length === 1) return <span class="datacenter">{dc}</span>;
  const open = (next: string) => {
    navigate(pathOf(next, section === '' || section === 'settings' ? 'services' : section));
  };
  return (
    <label class="datacenter">
      <span class="visually-hidden">Datacenter</span>
      <select
        value={dc}
        onChange={(event) => {
          const next = event.currentTarget.value;
          // Whoever stays, for what is not saved, is still shown where they are.
          event.currentTarget.value = dc;
          open(next);
        }}
      >
        {all.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
