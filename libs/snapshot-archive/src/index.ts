export type { ArchiveReaderOptions } from './archive-reader.ts';
export { readArchive } from './archive-reader.ts';
export type { ArchiveContent } from './archive-writer.ts';
export { writeArchive } from './archive-writer.ts';
export type { ArchivedServer, ArchiveMeta } from './meta.ts';
export { META_VERSION } from './meta.ts';
export type { SpoolOptions } from './spool.ts';
export { Spool } from './spool.ts';
