import { nameOf } from './kv-address.ts';

/** One line of a folder. */
export interface FolderRow {
  /** The whole key, or the whole prefix of a folder. */
  readonly key: string;
  /** Without the folders above; folders end with a slash. */
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is in a folder. */
export interface FolderContent {
  /** Folders first, each kind in the order of its bytes, as the agent gives them. */
  readonly rows: readonly FolderRow[];
  /** There is a key named as the folder itself, slash included: that is how an empty folder is kept. */
  readonly hasOwnKey: boolean;
}

/**
 * Rows of a folder, from keys that begin with its prefix or from more; whether the agent has cut them at the
 * next slash does not matter. Keys come in order.
 */
export function folderContent(prefix: string, keys: readonly string[]): FolderContent {
  const folders: FolderRow[] = [];
  const plain: FolderRow[] = [];
  let hasOwnKey = false;
  let last = '';
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    if (key === prefix) {
      hasOwnKey = true;
      continue;
    }
    const slash = key.indexOf('/', prefix.length);
    if (slash < 0) {
      plain.push({ key, name: key.slice(prefix.length), isFolder: false });
      continue;
    }
    const folder = key.slice(0, slash + 1);
    if (folder === last) continue;
    last = folder;
    folders.push({ key: folder, name: nameOf(folder), isFolder: true });
  }
  return { rows: [...folders, ...plain], hasOwnKey };
}

/** Rows whose name holds the text, in either case. */
export function filterRows(rows: readonly FolderRow[], text: string): readonly FolderRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ name }) => name.toLowerCase().includes(wanted));
}
