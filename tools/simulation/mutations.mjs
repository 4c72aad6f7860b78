/**
 * Deliberate bugs in consensus, as changes of its source text: each must be caught by the simulation.
 * `find` must stand in the file exactly once; `focus` is the fault that brings the bug to light most often.
 */
export const MUTATIONS = [
  {
    name: 'votes twice in a term',
    file: 'core/election.ts',
    find: "return state.votedFor === '' || state.votedFor === request.from;",
    replace: 'return true;',
  },
  {
    name: 'forgets its vote over a restart',
    file: 'core/core-state.ts',
    find: 'this.votedFor = parts.hardState.votedFor;',
    replace: "this.votedFor = '';",
  },
  {
    name: 'votes for candidates with older logs',
    file: 'core/election.ts',
    find: 'if (!state.log.isUpToDate({ index, term })) return false;',
    replace: '',
  },
  {
    name: 'commits entries of older terms by counting',
    focus: 'figureEight',
    file: 'core/leader.ts',
    find: 'if (index <= commitIndex || log.term(index) !== term) return;',
    replace: 'if (index <= commitIndex) return;',
  },
  {
    name: 'acknowledges entries before they are stored (no fsync)',
    focus: 'ambush',
    file: 'core/follower.ts',
    find: `  // Durable before it counts: this waits for the write.
  state.outbox.sendWhenStored(`,
    replace: '  state.outbox.send(',
  },
  {
    name: 'counts its own entries before they are stored',
    focus: 'disk',
    file: 'core/leader.ts',
    find: 'voter.id === id ? log.stableIndex : (this.peers.get(voter.id)?.matchIndex ?? 0),',
    replace: 'voter.id === id ? log.lastIndex : (this.peers.get(voter.id)?.matchIndex ?? 0),',
  },
  {
    name: 'commits with half of the voters',
    file: 'core/quorum.ts',
    find: 'return Math.floor(voters / 2) + 1;',
    replace: 'return Math.max(1, Math.floor(voters / 2));',
  },
  {
    name: 'does not truncate what contradicts the leader',
    file: 'core/follower.ts',
    find: '  if (log.matches(entry)) return;',
    replace: '  if (entry.index <= log.lastIndex) return;',
  },
  {
    name: 'takes entries without looking at the one before them',
    file: 'core/follower.ts',
    find: 'if (!log.matches({ index: prevIndex, term: prevTerm })) {',
    replace: 'if (prevIndex > log.lastIndex) {',
  },
  {
    name: 'commits what a heartbeat names without having been sent it',
    file: 'core/leader.ts',
    find: 'const commitIndex = Math.min(peer.matchIndex, state.commitIndex);',
    replace: 'const commitIndex = state.commitIndex;',
  },
  {
    name: 'reads under a lease that is over',
    focus: 'pause',
    file: 'core/leader.ts',
    find: 'return this.isSoleVoter || nowMs < this.rounds.confirmedRoundMs + timing.leaderLeaseMs;',
    replace: 'return true;',
  },
  {
    name: 'reads without the no-op of its term',
    file: 'core/leader.ts',
    find: 'return this.state.commitIndex >= this.firstIndex;',
    replace: 'return true;',
  },
  {
    name: 'confirms a read by a round from before it',
    focus: 'pause',
    file: 'core/read-rounds.ts',
    find: 'const done = this.waiting.filter(({ afterMs }) => afterMs < this.confirmedMs);',
    replace: 'const done = this.waiting.filter(() => this.confirmedMs > 0);',
  },
  {
    name: 'a follower reads before it has applied the read index',
    file: 'node/read-waiters.ts',
    find: 'if (index >= 0 && index > appliedIndex) {',
    replace: 'if (index >= 0 && index > appliedIndex + 1e9) {',
  },
  {
    name: 'counts non-voters',
    file: 'core/configuration-tracker.ts',
    find: "return this.latest.servers.filter(({ suffrage }) => suffrage === 'voter');",
    replace: 'return this.latest.servers;',
  },
  {
    name: 'changes the configuration while another change is under way',
    focus: 'membership',
    file: 'core/raft-core.ts',
    find: 'if (!leader.committedInTerm || state.configurations.latestIndex > state.commitIndex) {',
    replace: 'if (false) {',
  },
  {
    name: 'applies an installed snapshot and then its entries again',
    file: 'node/raft-node.ts',
    find: 'this.applier!.appliedIndex = meta.index;',
    replace: 'this.applier!.appliedIndex = Math.max(this.appliedIndex, meta.index - 2);',
  },
  {
    name: 'goes back to a snapshot that is older than its state',
    focus: 'crash',
    file: 'node/raft-node.ts',
    find: 'if (this.stopped || meta.index <= this.appliedIndex) return;',
    replace: 'if (this.stopped) return;',
  },
  {
    name: 'a refused write counts as stored',
    file: 'core/outbox.ts',
    find: '    this.log.refused();',
    replace: '    this.log.stored();',
  },
];
