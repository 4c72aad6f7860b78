import type { VoteRequest, VoteResponse } from '../messages.ts';
import type { CoreState } from './core-state.ts';
import { majority } from './quorum.ts';

/** Asks first without raising the term; stands; or stands because the leader asked it to. */
export type CampaignKind = 'pre-vote' | 'election' | 'transfer';

/** An attempt of this server to become leader (Raft paper 5.2, thesis 9.6). */
export class Candidacy {
  readonly kind: CampaignKind;
  private readonly granted = new Set<string>();
  private readonly refused = new Set<string>();
  private readonly state: CoreState;

  /** Asks for votes; a real one has raised the term and waits until that is stored. */
  constructor(state: CoreState, kind: CampaignKind) {
    this.state = state;
    this.kind = kind;
    const { id, log } = state;
    const preVote = kind === 'pre-vote';
    const term = preVote ? state.term + 1 : state.term;
    const transfer = kind === 'transfer';
    const { lastIndex, lastTerm } = log;
    for (const { id: to } of state.configurations.voters) {
      if (to === id) continue;
      const request: VoteRequest = {
        kind: 'vote-request',
        ...{ term, from: id, to, preVote, transfer, lastIndex, lastTerm },
      };
      if (preVote) state.outbox.send(request);
      else state.outbox.sendWhenStored(request);
    }
    if (preVote) this.granted.add(id);
    // A vote for oneself is a vote: it counts once it is stored.
    else state.outbox.sendWhenStored(voteResponse(state, id, term, preVote, true));
  }

  get tally(): number {
    return this.granted.size;
  }

  /** Counts an answer; `undefined` while the outcome is open. */
  count({ from, granted, preVote, term }: VoteResponse): 'won' | 'lost' | undefined {
    if (preVote !== (this.kind === 'pre-vote')) return undefined;
    if (granted && term !== (preVote ? this.state.term + 1 : this.state.term)) return undefined;
    if (!this.state.configurations.isVoter(from)) return undefined;
    (granted ? this.granted : this.refused).add(from);
    if (granted && !preVote) {
      const { tally } = this;
      this.state.emit({ kind: 'vote-granted', from, term, tally });
    }
    return this.outcome;
  }

  get outcome(): 'won' | 'lost' | undefined {
    const needed = majority(this.state.configurations.voters.length);
    if (this.granted.size >= needed) return 'won';
    return this.refused.size >= needed ? 'lost' : undefined;
  }
}

/** An answer to a vote request. */
export function voteResponse(
  state: CoreState,
  to: string,
  term: number,
  preVote: boolean,
  granted: boolean,
): VoteResponse {
  return { kind: 'vote-response', term, from: state.id, to, preVote, granted };
}

/** Whether this server's vote in the request's term is free for the asker and its log is good enough. */
export function deservesVote(state: CoreState, request: VoteRequest): boolean {
  const { lastIndex: index, lastTerm: term } = request;
  if (!state.log.isUpToDate({ index, term })) return false;
  if (request.preVote) return request.term > state.term;
  return state.votedFor === '' || state.votedFor === request.from;
}
