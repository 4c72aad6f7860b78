import type { GossipAddress } from '../address.ts';
import { decodeSerf } from '../wire/serf-codec.ts';

/** Who is right when two members have one name: the one that the majority of the others knows. */
export class ConflictVote {
  private readonly own: GossipAddress;
  private responses = 0;
  private matching = 0;

  /** @param own where this member is, and the others should know it */
  constructor(own: GossipAddress) {
    this.own = own;
  }

  /** Takes the payload of one answer; what cannot be read is no vote. */
  add(payload: Uint8Array): void {
    try {
      const answer = decodeSerf(payload);
      if (answer.kind !== 'conflictResponse') return;
      this.responses += 1;
      const { member } = answer;
      if (member?.host === this.own.host && member.port === this.own.port) this.matching += 1;
    } catch {
      // Not an answer.
    }
  }

  /** Whether this member may keep its name: more than half point to it. Nobody answering is a loss. */
  get isWon(): boolean {
    return this.matching >= Math.floor(this.responses / 2) + 1;
  }

  /** For the log: "2/3". */
  get tally(): string {
    return `${this.matching}/${this.responses}`;
  }
}
