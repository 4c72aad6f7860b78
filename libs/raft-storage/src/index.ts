// Of a durable server.

export type { FileSnapshotStoreOptions } from './file-snapshot-store.ts';
export { FileSnapshotStore } from './file-snapshot-store.ts';
// One process at a time.
export { lockFolder } from './folder-lock.ts';
// Of a server that keeps nothing.
export { MemoryLogStore } from './memory-log-store.ts';
export { MemorySnapshotStore } from './memory-snapshot-store.ts';
// Recovery by hand.
export { readPeersFile, removePeersFile, writePeersInfo } from './peers-file.ts';
export type { SqliteLogStoreOptions } from './sqlite-log-store.ts';
export { SqliteLogStore } from './sqlite-log-store.ts';
