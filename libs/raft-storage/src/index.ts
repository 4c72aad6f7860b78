// Of a durable server.
export type { SqliteLogStoreOptions } from './durable-log-store.ts';
export { SqliteLogStore } from './durable-log-store.ts';
export type { FileSnapshotStoreOptions } from './file-snapshot-store.ts';
export { FileSnapshotStore } from './file-snapshot-store.ts';
// Of a server that keeps nothing.
export { MemoryLogStore } from './memory-log-store.ts';
export { MemorySnapshotStore } from './memory-snapshot-store.ts';
// Recovery by hand.
export { readPeersFile, removePeersFile, writePeersInfo } from './peers-file.ts';
export { MemorySqliteLogStore } from './sqlite-log-store.ts';
