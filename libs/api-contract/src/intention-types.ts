import type { RaftIndex } from './catalog-types.ts';

export type IntentionAction = 'allow' | 'deny';

/** Whether services with one name may connect to services with another. */
export interface Intention extends RaftIndex {
  readonly ID: string;
  readonly Description: string;
  readonly SourceNS: string;
  /** A service's name, or `*` for all. */
  readonly SourceName: string;
  readonly DestinationNS: string;
  /** A service's name, or `*` for all. */
  readonly DestinationName: string;
  /** Always consul: the source is a service of the catalog. */
  readonly SourceType: string;
  readonly Action: IntentionAction;
  readonly DefaultAddr: string;
  readonly DefaultPort: number;
  readonly Meta: Readonly<Record<string, string>>;
  /** 1 to 9: of those that match the highest decides. */
  readonly Precedence: number;
  /** RFC 3339. */
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  /** Base64 of a 256-bit hash of what was asked for; other contents, another hash. */
  readonly Hash: string;
}

/** Intentions that match each asked name, in order of precedence. */
export type IntentionMatches = Readonly<Record<string, readonly Intention[]>>;
