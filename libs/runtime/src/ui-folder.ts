import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the UI is built to, seen from the bundle of an app or of one of the CLI's commands. */
const PLACES = ['../ui', '../../ui'];

/** Folder of the UI that comes with the program; '' where it was not built. */
export function uiFolder(): string {
  const found = PLACES.map((place) => join(__dirname, place)).find((folder) =>
    existsSync(join(folder, 'index.html')),
  );
  return found ?? '';
}
