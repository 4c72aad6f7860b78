import type { Logger } from '@mesh/base';
import type { Configuration } from '../configuration.ts';
import type { ConfigurationsView } from '../core/configuration-tracker.ts';
import type { CoreEvent } from '../core/core-event.ts';

/** Writes what happens in consensus as the original's log says it. */
export function logCoreEvent(logger: Logger, address: string, event: CoreEvent): void {
  switch (event.kind) {
    case 'became-follower':
      logger.info('entering follower state', {
        follower: `Node at ${address} [Follower]`,
        leader: event.leaderId,
      });
      return;
    case 'became-pre-candidate':
      logger.warn('heartbeat timeout reached, starting election', { 'last-term': event.term });
      return;
    case 'became-candidate':
      logger.info('entering candidate state', {
        node: `Node at ${address} [Candidate]`,
        term: event.term,
      });
      logger.debug('votes', { needed: event.needed });
      return;
    case 'vote-granted':
      logger.debug('vote granted', { from: event.from, term: event.term, tally: event.tally });
      return;
    case 'became-leader':
      logger.info('election won', { tally: event.tally });
      logger.info('entering leader state', { leader: `Node at ${address} [Leader]` });
      return;
    case 'lost-quorum':
      logger.warn('failed to contact quorum of nodes, stepping down', { term: event.term });
      return;
    case 'configuration':
      logger.info('updating configuration', {
        index: event.index,
        servers: showConfiguration(event.configuration),
      });
      return;
    case 'truncated':
      logger.warn('clearing log suffix', { from: event.from });
      return;
    case 'transfer-ended':
      logger.info(event.ok ? 'leadership transferred' : 'leadership transfer timed out', {
        target: event.target,
      });
      return;
    case 'leader-known':
      logger.debug('leader is known', { leader: event.leaderId });
  }
}

/** Says what a server starts with. */
export function logStart(logger: Logger, address: string, known: ConfigurationsView): void {
  const { latest, latestIndex } = known;
  const servers = showConfiguration(latest);
  logger.info('initial configuration', { index: latestIndex, servers });
  const follower = `Node at ${address} [Follower]`;
  logger.info('entering follower state', { follower, leader: '' });
}

/** The original's way to print servers. */
export function showConfiguration({ servers }: Configuration): string {
  const shown = servers.map(
    ({ id, address, suffrage }) =>
      `{Suffrage:${suffrage === 'voter' ? 'Voter' : 'Nonvoter'} ID:${id} Address:${address}}`,
  );
  return `[${shown.join(' ')}]`;
}
