import { RCODE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import type { SourceFreshness } from './source.ts';

/** Answers that stand and fall together, such as those of one instance, with what goes with them. */
export interface AnswerGroup {
  readonly answers: readonly DnsRecord[];
  /** For the ADDITIONAL section; left out with the answers. One object stands for equal records. */
  readonly additional: readonly DnsRecord[];
}

/** What is to be said to a question, before it is cut to the size that a client takes. */
export interface Resolution {
  readonly rcode: number;
  readonly groups: readonly AnswerGroup[];
  readonly authority: readonly DnsRecord[];
  /** The order of the groups means nothing: each answer is to get its own. */
  readonly shuffle: boolean;
  /** Most groups in one answer, chosen after shuffling; 0 for all. */
  readonly maxGroups: number;
  /** Good for all clients, not just those of the EDNS client subnet asked with. */
  readonly globalScope: boolean;
}

/** How a question was answered. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly resolution: Resolution;
      /** All that the answer was read from; undefined when it must not be kept. */
      readonly freshness: readonly SourceFreshness[] | undefined;
    }
  /** Not ours: for a recursor. `asked` tells that the catalog was searched first, as for reverse names. */
  | { readonly kind: 'outside'; readonly asked: boolean };

/** A resolution without records; the base of all others. */
export const EMPTY_RESOLUTION: Resolution = {
  rcode: RCODE.NOERROR,
  groups: [],
  authority: [],
  shuffle: false,
  maxGroups: 0,
  globalScope: true,
};

/** The catalog could not be read just now. */
export const FAILED_RESOLUTION: Resolution = { ...EMPTY_RESOLUTION, rcode: RCODE.SERVFAIL };
