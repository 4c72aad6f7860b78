import type { Logger } from '@mesh/base';
import type { Consensus } from '@mesh/raft';
import type { Resource } from '@mesh/resource';
import type { ClusterHealth } from './autopilot/health.ts';
import { healthReport } from './autopilot/report.ts';
import type { OperatorMember } from './autopilot/types.ts';
import { setAutopilot } from './commands.ts';
import {
  autopilotGetConfiguration,
  autopilotSetConfiguration,
  raftGetConfiguration,
  raftRemovePeer,
  serverHealth,
} from './endpoint.ts';
import { peerNameOf, raftConfiguration, removePeer } from './raft.ts';
import { autopilotConfigurations } from './table.ts';

/** The parts of a server that operators ask about. Called only while requests are served. */
export interface OperatorParts {
  consensus(): Pick<Consensus, 'status' | 'changeConfiguration'>;
  /** Servers of this datacenter. */
  members(): readonly OperatorMember[];
  /** As autopilot saw it last. Never rejects. */
  health(): Promise<ClusterHealth>;
  /** Named agent.server.operator. */
  readonly logger: Logger;
}

/** What operators see and change of the servers. */
export function operatorResource(parts: OperatorParts): Resource {
  return {
    name: 'operator',
    tables: [autopilotConfigurations],
    commands: [setAutopilot],
    endpoints: [autopilotGetConfiguration, autopilotSetConfiguration],
    calls: [
      {
        endpoint: raftGetConfiguration,
        run: () => raftConfiguration(parts.consensus().status(), parts.members()),
      },
      {
        endpoint: raftRemovePeer,
        run: async (args) => {
          await removePeer(parts.consensus(), peerNameOf(args), parts.logger);
          return null;
        },
      },
      { endpoint: serverHealth, run: async () => healthReport(await parts.health()) },
    ],
  };
}
