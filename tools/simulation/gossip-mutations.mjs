/** Deliberate bugs of gossip, each of which the worlds must catch: a text of one file, and what stands in its place. */
export const GOSSIP_MUTATIONS = [
  {
    name: 'accusations are not refuted',
    file: 'swim/member-rules.ts',
    find: '    if (this.leaving) return;\n    const next',
    replace: '    if (nowMs >= 0) return;\n    const next',
  },
  {
    name: 'suspicions never end',
    file: 'swim/member-rules.ts',
    find: 'this.suspicions.takeDue(nowMs)',
    replace: 'this.suspicions.takeDue(-1 + 0 * nowMs)',
  },
  {
    name: 'deaths of an older incarnation count',
    file: 'swim/member-rules.ts',
    find: 'if (!known || message.incarnation < known.incarnation) return;\n    this.suspicions.cancel',
    replace: 'if (!known) return;\n    this.suspicions.cancel',
  },
  {
    name: 'alive messages of an older incarnation count',
    file: 'swim/member-rules.ts',
    find: 'return incarnation <= known.incarnation && host',
    replace: 'return incarnation < known.incarnation - 1e9 && host',
  },
  {
    name: 'who left in order counts as failed',
    file: 'serf/roster.ts',
    find: 'announced ? SERF_STATUS.left : SERF_STATUS.failed',
    replace: 'announced ? SERF_STATUS.failed : SERF_STATUS.failed',
  },
  {
    name: 'broadcasts are sent for ever',
    file: 'swim/broadcast-queue.ts',
    find: 'if (item.sent >= limit) this.finish(item);',
    replace: 'if (item.sent >= limit + 1e9) this.finish(item);',
  },
  {
    name: 'no push/pull but for joins',
    file: 'swim/push-pull-sync.ts',
    find: 'if (peer && this.running.size < MAX_EXCHANGES) this.begin(peer, false);',
    replace: 'if (peer && this.running.size < 0) this.begin(peer, false);',
  },
  {
    name: 'nobody is probed',
    file: 'swim/prober.ts',
    find: '      if (node) this.begin(node, nowMs);',
    replace: '      if (node && nowMs < 0) this.begin(node, nowMs);',
  },
  {
    name: 'a rejoin is not told',
    file: 'swim/member-rules.ts',
    find: 'if (isBack) options.delegate.nodeJoined(next, nowMs);',
    replace: 'if (isBack) options.delegate.nodeUpdated(next, nowMs);',
  },
  {
    name: 'other tags come without another incarnation',
    file: 'swim/member-rules.ts',
    find: 'this.announce(Math.min(MAX_INCARNATION, this.incarnation + 1), nowMs);',
    replace: 'this.announce(this.incarnation, nowMs);',
  },
];
