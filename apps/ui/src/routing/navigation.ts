import { Observable } from '../settings/observable.ts';
import type { Place } from './place.ts';

/** Where the UI is mounted, as a path with a slash at its end; the agent writes it into the page. */
export const mountPath = new URL(document.baseURI).pathname;

/** Where the HTTP API is: the agent's root, seen from the page. Ends with a slash. */
export const apiRoot = new URL(metaContent('mesh-api') || '../', document.baseURI).href;

/** Datacenter of the agent that serves the page. */
export const agentDatacenter = metaContent('mesh-datacenter');

function metaContent(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}

function here(): Place {
  const { pathname, search } = window.location;
  const path = pathname.startsWith(mountPath) ? pathname.slice(mountPath.length) : '';
  return { path, search };
}

/** What the address bar says, followed by the shell. */
export const place = new Observable<Place>(here());

/**
 * A guard asks before the page is left: false keeps it. Where the browser is about to unload the page it asks
 * itself, and forbids dialogs of ours.
 */
type Guard = (isUnloading: boolean) => boolean;
const guards = new Set<Guard>();

/** Asks before the page is left (unsaved changes); returns a function that stops asking. */
export function guardLeaving(guard: Guard): () => void {
  guards.add(guard);
  return () => guards.delete(guard);
}

const mayLeave = (isUnloading = false) => [...guards].every((guard) => guard(isUnloading));

window.addEventListener('popstate', () => {
  if (mayLeave()) place.set(here());
  // The browser has left the address already.
  else window.history.pushState(null, '', href(place.value.path) + place.value.search);
});
window.addEventListener('beforeunload', (event) => {
  if (!mayLeave(true)) event.preventDefault();
});

/** The address of a path of the UI. */
export function href(path: string): string {
  return mountPath + path;
}

/** Goes to a path of the UI, `dc1/services`; with `replace` the way back leads past the present one. */
export function navigate(path: string, { replace = false } = {}): void {
  if (!replace && !mayLeave()) return;
  if (replace) window.history.replaceState(null, '', href(path));
  else window.history.pushState(null, '', href(path));
  place.set(here());
  if (!replace) window.scrollTo(0, 0);
}

/** Keeps a parameter of the query string, such as a search, in the address without a step of history. */
export function keepParameter(name: string, value: string): void {
  const url = new URL(window.location.href);
  if (value === '') url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  window.history.replaceState(null, '', url);
}
