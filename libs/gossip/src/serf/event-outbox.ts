import type { Logger, Metrics } from '@mesh/base';
import type { SerfEvent } from './types.ts';

/** Log line and metric of each kind of change of a member, named as the original names them. */
const MEMBER_CHANGES: Readonly<Record<string, readonly [string, string]>> = {
  'member-join': ['serf: EventMemberJoin', 'serf.member.join'],
  'member-leave': ['serf: EventMemberLeave', 'serf.member.left'],
  'member-failed': ['serf: EventMemberFailed', 'serf.member.failed'],
  'member-update': ['serf: EventMemberUpdate', 'serf.member.update'],
  'member-reap': ['serf: EventMemberReap', 'serf.member.reap'],
};

/** What happened and was not yet taken by the shell. Each is logged and counted when it happens. */
export class EventOutbox {
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  private waiting: SerfEvent[] = [];

  constructor(logger: Logger, metrics: Metrics) {
    this.logger = logger;
    this.metrics = metrics;
  }

  add(event: SerfEvent): void {
    this.waiting.push(event);
    if ('members' in event) this.noteMembers(event);
    else if (event.kind === 'user-event') this.metrics.count('serf.events');
    else if (event.kind === 'query') this.metrics.count('serf.queries');
  }

  /** All since the last call, in order. */
  take(): SerfEvent[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  private noteMembers(event: Extract<SerfEvent, { members: unknown }>): void {
    const [line, metric] = MEMBER_CHANGES[event.kind] ?? [];
    for (const member of event.members) {
      // Word for word the original's, which operators search their logs for.
      if (line) this.logger.info(`${line}: ${member.name} ${member.host}`);
      if (metric) this.metrics.count(metric);
    }
  }
}
