import { settings } from './settings.ts';

/** Puts the chosen theme on the page, now and at each change. `auto` leaves it to the system. */
export function applyTheme(): void {
  const apply = () => {
    const { theme } = settings.value;
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  apply();
  settings.subscribe(apply);
}
