import type { Component, Logger, Platform } from '@mesh/base';
import { configEntryList, configEntryReplicate, missingEntries } from '@mesh/config-entry';
import { caRootsGet, type SecondaryAuthority } from '@mesh/connect-ca';
import { intentionList, intentionReplicate, missingIntentions } from '@mesh/intentions';
import type { CallEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import type { ServerRpc } from '../rpc/server-rpc.ts';
import { PrimaryWatch } from './primary-watch.ts';

export interface PrimaryDutiesOptions {
  readonly primary: string;
  readonly rpc: Pick<ServerRpc, 'read' | 'writeAsLeader'>;
  readonly view: () => StateView;
  /** Undefined where the mesh is off. */
  readonly authority: SecondaryAuthority | undefined;
  readonly platform: Platform;
  /** Named agent.server. */
  readonly logger: Logger;
}

/** What the leader of another datacenter than the primary takes over from it. */
export function primaryDuties(options: PrimaryDutiesOptions): readonly Component[] {
  const { rpc, view, authority, logger } = options;
  const read: ServerRpc['read'] = (endpoint, args, wanted) => rpc.read(endpoint, args, wanted);
  const replication = { ...options, read, logger: logger.named('replication') };
  return [
    new PrimaryWatch({
      ...{ ...replication, what: 'intentions' },
      endpoint: intentionList,
      args: {},
      take: async (primary) => {
        const change = missingIntentions(primary, view());
        if (change) await rpc.writeAsLeader(intentionReplicate, change);
      },
    }),
    new PrimaryWatch({
      ...{ ...replication, what: 'config entries' },
      endpoint: configEntryList,
      args: { kind: '' },
      take: async (primary) => {
        const change = missingEntries(primary, view());
        if (change) await rpc.writeAsLeader(configEntryReplicate, change);
      },
    }),
    ...(authority ? [caWatch(replication, authority)] : []),
  ];
}

/** Calls of the leader of another datacenter. */
export function askLeaderOf(
  rpc: Pick<ServerRpc, 'call'>,
  datacenter: string,
): <A, R>(endpoint: CallEndpoint<A, R>, args: A) => Promise<R> {
  return (endpoint, args) => rpc.call(endpoint, args, { datacenter, token: '', server: 'leader' });
}

function caWatch(
  parts: PrimaryDutiesOptions & { readonly read: ServerRpc['read'] },
  authority: SecondaryAuthority,
): Component {
  return new PrimaryWatch({
    ...{ ...parts, what: 'CA roots' },
    endpoint: caRootsGet,
    args: {},
    take: async (roots) => {
      if (roots) await authority.follow(roots);
    },
  });
}
