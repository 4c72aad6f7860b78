import { Observable } from './observable.ts';

/** What a person sets in this browser. */
export interface Settings {
  /** Follow changes by WebSocket; otherwise answers are fetched once, and again by a button. */
  readonly live: boolean;
  readonly theme: 'auto' | 'light' | 'dark';
  /** Link from a service to its dashboard, with placeholders such as {{Service.Name}}; '' for none. */
  readonly dashboardUrl: string;
  /** Datacenter that is shown when a path names none; '' is the agent's own. */
  readonly datacenter: string;
}

const KEY = 'mesh:settings';
const DEFAULTS: Settings = { live: true, theme: 'auto', dashboardUrl: '', datacenter: '' };

/** Reads what an earlier version, or anybody, may have stored. */
export function decodeSettings(text: string | null): Settings {
  let stored: Partial<Record<keyof Settings, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (parsed !== null && typeof parsed === 'object') stored = parsed;
  } catch {
    // Damaged: as if nothing were stored.
  }
  const text_ = (value: unknown) => (typeof value === 'string' ? value : '');
  const { theme } = stored;
  return {
    live: stored.live !== false,
    theme: theme === 'light' || theme === 'dark' ? theme : DEFAULTS.theme,
    dashboardUrl: text_(stored.dashboardUrl),
    datacenter: text_(stored.datacenter),
  };
}

/** The settings, kept in localStorage; where that is refused they last as long as the page. */
export const settings = new Observable<Settings>(decodeSettings(readItem(KEY)));

/** Changes some settings and keeps them. */
export function changeSettings(change: Partial<Settings>): void {
  settings.set({ ...settings.value, ...change });
  writeItem(KEY, JSON.stringify(settings.value));
}

/** Goes back to the settings of the beginning; of what is shown only the datacenter stays. */
export function resetSettings(): void {
  settings.set({ ...DEFAULTS, datacenter: settings.value.datacenter });
  writeItem(KEY, null);
}

/** An item of localStorage; null where there is none, or no storage. */
export function readItem(key: string): string | null {
  try {
    return globalThis.localStorage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** Keeps an item; null removes it. Refusal of the storage is not an error. */
export function writeItem(key: string, text: string | null): void {
  try {
    if (text === null) globalThis.localStorage?.removeItem(key);
    else globalThis.localStorage?.setItem(key, text);
  } catch {
    // Private windows and policies refuse: the page goes on without.
  }
}
