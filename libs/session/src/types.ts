import type { Session } from '@mesh/api-contract';
import type { ApplyContext } from '@mesh/resource';
import type { WriteTxn } from '@mesh/state';

/** What a server hangs on sessions. */
export interface SessionHooks {
  /** After a session is gone, in the same log entry: who holds its locks gives them up. */
  onSessionDestroyed(txn: WriteTxn, context: ApplyContext, session: Session): void;
}

/** A session as it stands in the log: complete, its indexes yet to come. */
export type NewSession = Omit<Session, 'CreateIndex' | 'ModifyIndex'>;

/** What a client asks of a new session. */
export interface SessionRequest {
  readonly name: string;
  readonly node: string;
  readonly lockDelayNs: number;
  readonly behavior: string;
  readonly ttl: string;
  readonly nodeChecks: readonly string[];
  readonly serviceChecks: readonly { readonly ID: string; readonly Namespace: string }[] | null;
}

/** Longest session TTL, milliseconds. */
export const SESSION_TTL_MAX_MS = 24 * 3_600_000;
/** Lock delay of a session that names none, nanoseconds. */
export const DEFAULT_LOCK_DELAY_NS = 15e9;
/**
 * Longest lock delay that takes effect, nanoseconds; a session may say more, and shows what it
 * said.
 */
export const MAX_LOCK_DELAY_NS = 60e9;
