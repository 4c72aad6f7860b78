// The client.

export type { ClientOptions, WatchOptions } from '@mesh/api-client';
export { ApiError } from '@mesh/api-client';
// Values.
export type { Codec } from './codec.ts';
export { bytesCodec, jsonCodec, textCodec } from './codec.ts';
// What goes wrong.
export type { LockErrorCode } from './errors.ts';
export { DecodeError, LockError } from './errors.ts';
export { KvClient } from './kv-client.ts';
export type { KvEntry, KvReadOptions, KvWriteOptions } from './kv-store.ts';
export { KvStore } from './kv-store.ts';
// Locks.
export { LOCK_FLAGS, Lock } from './lock.ts';
export type { AcquireOptions, Held, LockOptions } from './lock-options.ts';
export { Semaphore } from './semaphore.ts';
export { SEMAPHORE_FLAGS } from './semaphore-state.ts';
