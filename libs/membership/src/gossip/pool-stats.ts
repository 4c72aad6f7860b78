import { SERF_STATUS } from '@mesh/gossip';
import type { GossipPool } from './gossip-pool.ts';

/** Figures of a pool as /v1/agent/self shows them. */
export function poolStats(pool: GossipPool): Readonly<Record<string, string>> {
  const members = pool.members();
  const count = (wanted: number) => members.filter(({ status }) => status === wanted).length;
  const figures = pool.figures();
  const clocks = figures?.clocks() ?? { member: 1, event: 1, query: 1 };
  const queues = figures?.queues() ?? { intent: 0, event: 0, query: 0 };
  const stats = {
    coordinate_resets: figures?.coordinateResets ?? 0,
    encrypted: pool.isEncrypted(),
    event_queue: queues.event,
    event_time: clocks.event,
    failed: count(SERF_STATUS.failed),
    health_score: figures?.healthScore ?? 0,
    intent_queue: queues.intent,
    left: count(SERF_STATUS.left),
    member_time: clocks.member,
    members: members.length,
    query_queue: queues.query,
    query_time: clocks.query,
  };
  return Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, String(value)]));
}
