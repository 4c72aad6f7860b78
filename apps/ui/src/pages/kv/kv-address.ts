/**
 * Addresses of the Key/Value pages, as the original's: `kv/`, `kv/a/b/`, `kv/a/b/edit`, `kv/a/create`. Keys may
 * hold anything, so a slash of the key is written as %2F where browsers would tidy it away.
 */

/** What an address behind `:dc/kv/` names. */
export type KvPlace =
  | { readonly kind: 'folder'; readonly prefix: string }
  | { readonly kind: 'key'; readonly key: string }
  /** A key to be, somewhere below the prefix. */
  | { readonly kind: 'create'; readonly prefix: string };

const CREATE = 'create';
const EDIT_END = '/edit';

/** Reads the rest of an address, still encoded; undefined where an escape is bad. */
export function kvPlaceOf(rest: string): KvPlace | undefined {
  let path: string;
  try {
    path = decodeURIComponent(rest);
  } catch {
    return undefined;
  }
  if (path === '' || path.endsWith('/')) return { kind: 'folder', prefix: path };
  if (path === CREATE) return { kind: 'create', prefix: '' };
  if (path.endsWith(`/${CREATE}`)) return { kind: 'create', prefix: path.slice(0, -CREATE.length) };
  if (path.endsWith(EDIT_END) && path !== EDIT_END) {
    return { kind: 'key', key: path.slice(0, -EDIT_END.length) };
  }
  // Somebody left the slash out.
  return { kind: 'folder', prefix: `${path}/` };
}

/** The page of a folder; '' is the root, other prefixes end with a slash. */
export function folderAddress(dc: string, prefix: string): string {
  return prefix === '' ? `${encodeURIComponent(dc)}/kv` : address(dc, prefix);
}

/** The page of a key. */
export function keyAddress(dc: string, key: string): string {
  return address(dc, key + EDIT_END);
}

/** The page that creates a key below a folder. */
export function createAddress(dc: string, prefix: string): string {
  return address(dc, prefix + CREATE);
}

/** The folder that a key, or a folder, stands in; '' for the root. */
export function parentOf(key: string): string {
  // The slash at the end of a folder is its own; a negative start would find it again.
  return key.length < 2 ? '' : key.slice(0, key.lastIndexOf('/', key.length - 2) + 1);
}

/** Name of a key, or of a folder with its slash, without the folders that it stands in. */
export function nameOf(key: string): string {
  return key.slice(parentOf(key).length);
}

/** The folders on the way to a key or folder, the root not counted, the thing itself neither. */
export function foldersAbove(key: string): readonly string[] {
  const folders: string[] = [];
  for (let at = parentOf(key); at !== ''; at = parentOf(at)) folders.unshift(at);
  return folders;
}

function address(dc: string, path: string): string {
  return `${encodeURIComponent(dc)}/kv/${encodeKey(path)}`;
}

/** Segments that browsers and servers take away, however they are encoded (WHATWG URL, section 4.4). */
const isTidiedAway = (segment: string) => segment === '' || segment === '.' || segment === '..';

/** Encodes a path of a key; slashes beside segments that would be tidied away become %2F. */
export function encodeKey(path: string): string {
  const segments = path.split('/');
  let out = encodeURIComponent(segments[0]!);
  for (let at = 1; at < segments.length; at++) {
    const [before, after] = [segments[at - 1]!, segments[at]!];
    const isLast = at === segments.length - 1;
    const isPlain = !isTidiedAway(before) && (!isTidiedAway(after) || (isLast && after === ''));
    out += (isPlain ? '/' : '%2F') + encodeURIComponent(after);
  }
  return out;
}
