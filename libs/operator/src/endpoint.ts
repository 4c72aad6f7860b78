import {
  type AutopilotConfiguration,
  type OperatorHealth,
  operatorRoutes,
  type RaftConfiguration,
} from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import type { CallEndpoint, ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { type SetAutopilot, setAutopilot } from './commands.ts';
import type { PeerName } from './raft.ts';
import { checkedSettings } from './settings.ts';
import { autopilotConfiguration } from './table.ts';

type NoArgs = Record<string, never>;

/** What autopilot goes by. Throws `unavailable` in the moments before a first leader has written it. */
export const autopilotGetConfiguration: ReadEndpoint<NoArgs, AutopilotConfiguration> = {
  kind: 'read',
  method: 'Operator.AutopilotGetConfiguration',
  acl: operatorRoutes.autopilotConfiguration.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'read', '') },
  run: (view) => {
    const found = autopilotConfiguration(view);
    if (!found) throw new MeshError('unavailable', 'autopilot config not initialized yet');
    return found;
  },
};

/** Replaces what autopilot goes by; answers whether that was done. */
export const autopilotSetConfiguration: WriteEndpoint<SetAutopilot, boolean> = {
  kind: 'write',
  method: 'Operator.AutopilotSetConfiguration',
  acl: operatorRoutes.autopilotSetConfiguration.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'write', '') },
  prepare: ({ settings, cas }) => ({
    command: setAutopilot,
    payload: { settings: checkedSettings(settings), cas: cas ?? null },
  }),
};

/** The raft configuration as the server that answers knows it. */
export const raftGetConfiguration: CallEndpoint<NoArgs, RaftConfiguration> = {
  kind: 'call',
  method: 'Operator.RaftGetConfiguration',
  acl: operatorRoutes.raftConfiguration.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'read', '') },
};

/** Takes a server out of the raft configuration. */
export const raftRemovePeer: CallEndpoint<PeerName, null> = {
  kind: 'call',
  method: 'Operator.RaftRemovePeer',
  acl: operatorRoutes.raftRemovePeer.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'write', '') },
};

/** Health of the servers, as the leader's autopilot saw it last. */
export const serverHealth: CallEndpoint<NoArgs, OperatorHealth> = {
  kind: 'call',
  method: 'Operator.ServerHealth',
  acl: operatorRoutes.autopilotHealth.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'read', '') },
};
