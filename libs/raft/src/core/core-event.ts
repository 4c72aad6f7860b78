import type { Configuration } from '../configuration.ts';

/** What happened inside the core that its shell logs, or that decides the fate of proposals. */
export type CoreEvent =
  | { readonly kind: 'became-follower'; readonly leaderId: string; readonly term: number }
  | { readonly kind: 'became-pre-candidate'; readonly term: number }
  | { readonly kind: 'became-candidate'; readonly term: number; readonly needed: number }
  | {
      readonly kind: 'vote-granted';
      readonly from: string;
      readonly term: number;
      readonly tally: number;
    }
  | { readonly kind: 'became-leader'; readonly term: number; readonly tally: number }
  | { readonly kind: 'lost-quorum'; readonly term: number }
  | { readonly kind: 'leader-known'; readonly leaderId: string }
  | {
      readonly kind: 'configuration';
      readonly index: number;
      readonly configuration: Configuration;
    }
  /** Entries from this index on are gone from the log: their proposals failed. */
  | { readonly kind: 'truncated'; readonly from: number; readonly certain: boolean }
  | { readonly kind: 'transfer-ended'; readonly target: string; readonly ok: boolean };

/** The answer to a read: `index` to wait for, -1 when no leader could confirm it. */
export interface ReadAnswer {
  readonly id: number;
  readonly index: number;
}
