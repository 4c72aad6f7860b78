/** Reads configuration files and folders in the order given. */
import { MeshError } from '@mesh/base';
import { parseHcl } from '@mesh/hcl';
import { parseJson } from '../json/parse-json.ts';
import { decodeSource, type SourceValues } from '../settings/decode-source.ts';
import { type ConfigFiles, fileReason } from './environment.ts';

export type ConfigFormat = 'json' | 'hcl';

export interface SourcesRead {
  readonly sources: readonly SourceValues[];
  /** Files that were left out, for the log. */
  readonly warnings: readonly string[];
}

/**
 * Reads every path; a folder gives its files by name, without its sub-folders. A file that is
 * neither .json nor .hcl is left out with a warning unless `format` says what all are. Empty files
 * say nothing.
 * @throws MeshError `invalid-argument`, one line naming the file
 */
export function readSources(
  files: ConfigFiles,
  paths: readonly string[],
  format: '' | ConfigFormat,
): SourcesRead {
  const sources: SourceValues[] = [];
  const warnings: string[] = [];
  for (const path of paths) {
    for (const file of filesOf(files, path, format)) {
      const fileFormat = format === '' ? formatOf(file) : format;
      if (fileFormat === undefined) {
        warnings.push(
          `skipping file ${file}, extension must be .hcl or .json, or config format must be set`,
        );
        continue;
      }
      const text = readFile(files, file);
      if (text !== '') sources.push(decodeSource(file, parseConfig(text, file, fileFormat)));
    }
  }
  return { sources, warnings };
}

/** -hcl fragments as sources; `flags-0.hcl` is the first. */
export function fragmentSources(fragments: readonly string[]): readonly SourceValues[] {
  return fragments.map((text, at) => {
    const name = `flags-${at}.hcl`;
    return decodeSource(name, parseHcl(text, name));
  });
}

/** Value of a text in one of the two formats. @throws MeshError naming file and place */
export function parseConfig(text: string, file: string, format: ConfigFormat): unknown {
  return format === 'json' ? parseJson(text, file) : parseHcl(text, file);
}

/** Format by extension; undefined for any other. */
export function formatOf(file: string): ConfigFormat | undefined {
  if (file.endsWith('.json')) return 'json';
  if (file.endsWith('.hcl')) return 'hcl';
  return undefined;
}

/** Text of a file. @throws MeshError in the original's words, naming it */
export function readFile(files: ConfigFiles, path: string): string {
  try {
    return files.readText(path);
  } catch (thrown) {
    throw openFailed('Open', path, thrown);
  }
}

function filesOf(files: ConfigFiles, path: string, format: '' | ConfigFormat): readonly string[] {
  if (kindOf(files, path) === 'file') return [path];
  let names: readonly string[];
  try {
    names = files.readFolder(path);
  } catch (thrown) {
    throw openFailed('ReadDir', path, thrown);
  }
  const folder = path.endsWith('/') ? path.slice(0, -1) : path;
  return [...names]
    .sort(compareBytes)
    .map((name) => `${folder}/${name}`)
    .filter((file) => isOwnFile(files, file, format !== '' || formatOf(file) !== undefined));
}

/** False for sub-folders, and for what cannot be looked at where it would not be read anyway. */
function isOwnFile(files: ConfigFiles, file: string, wanted: boolean): boolean {
  try {
    return files.kind(file) === 'file';
  } catch (thrown) {
    if (wanted) throw openFailed('Open', file, thrown);
    return false;
  }
}

function kindOf(files: ConfigFiles, path: string): 'file' | 'directory' {
  try {
    return files.kind(path);
  } catch (thrown) {
    throw openFailed('Open', path, thrown);
  }
}

function openFailed(operation: 'Open' | 'ReadDir', path: string, thrown: unknown): MeshError {
  return new MeshError(
    'invalid-argument',
    `config: ${operation} failed on ${path}. open ${path}: ${fileReason(thrown)}`,
    { cause: thrown },
  );
}

/**
 * Order of names as bytes, as folders are listed by the original; UTF-16 order differs only far
 * out.
 */
function compareBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
