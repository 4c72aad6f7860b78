import type { Crumb } from '../../components/page-header.tsx';
import { folderAddress, foldersAbove, nameOf } from './kv-address.ts';

/** The way to a key or folder: the root and every folder above it; nothing for the root itself. */
export function kvCrumbs(dc: string, key: string): readonly Crumb[] {
  if (key === '') return [];
  return [
    { to: folderAddress(dc, ''), text: 'Key/Value' },
    ...foldersAbove(key).map((folder) => ({
      to: folderAddress(dc, folder),
      text: nameOf(folder),
    })),
  ];
}
