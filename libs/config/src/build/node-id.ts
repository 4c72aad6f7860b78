import { invalid, MeshError, type Random } from '@mesh/base';
import type { Settings } from '../settings/settings.ts';
import { type ConfigFiles, fileReason } from '../sources/environment.ts';
import { isUuid } from './cross-checks.ts';

/**
 * The node's id: the configured one; else, with a data_dir, the one kept in `data_dir/node-id`
 * (made and written, 0600, the first time); else a random one.
 * @throws MeshError `unavailable` when the file cannot be read or written, `invalid-argument` when
 *   it holds no UUID
 */
export function nodeIdOf(settings: Settings, files: ConfigFiles, random: Random): string {
  const given = settings.text('node_id');
  if (given !== '') return given.toLowerCase();
  const folder = settings.text('data_dir');
  if (settings.dev || folder === '') return random.uuid();
  const file = `${folder.replace(/\/+$/, '')}/node-id`;
  return readNodeId(files, file) ?? writeNodeId(files, folder, file, random.uuid());
}

function readNodeId(files: ConfigFiles, file: string): string | undefined {
  let content: string;
  try {
    content = files.readText(file);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw setupFailed(`open ${file}`, thrown);
  }
  const id = content.trim().toLowerCase();
  if (isUuid(id)) return id;
  throw invalid(`failed to setup node ID: ${file} holds no UUID; remove it to get a new one`);
}

function writeNodeId(files: ConfigFiles, folder: string, file: string, id: string): string {
  try {
    files.makeFolder(folder);
  } catch (thrown) {
    throw setupFailed(`mkdir ${folder}`, thrown);
  }
  try {
    files.writePrivate(file, id);
  } catch (thrown) {
    throw setupFailed(`open ${file}`, thrown);
  }
  return id;
}

function setupFailed(operation: string, thrown: unknown): MeshError {
  return new MeshError(
    'unavailable',
    `failed to setup node ID: ${operation}: ${fileReason(thrown)}`,
    { cause: thrown },
  );
}
