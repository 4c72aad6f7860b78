import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeConfig } from '@mesh/config';

/** Column at which the labels end. */
const LABEL_WIDTH = 19;

/** What `consul agent` prints before its log: who it is, where it listens. */
export function agentBanner(config: RuntimeConfig, version: string): string {
  const { ports, tls } = config;
  const segment = config.server ? '<all>' : config.segment;
  const rows: readonly (readonly [string, string])[] = [
    ['Version', `'${version}'`],
    ['Node ID', `'${config.nodeId}'`],
    ['Node name', `'${config.nodeName}'`],
    ['Datacenter', `'${config.datacenter}' (Segment: '${segment}')`],
    ['Server', `${config.server} (Bootstrap: ${config.bootstrap})`],
    [
      'Client Addr',
      // gRPC is not served by this build, whatever is configured: nobody should look for it.
      `[${config.clientAddresses.join(' ')}] (HTTP: ${ports.http}, HTTPS: ${ports.https}, ` +
        `gRPC: -1, DNS: ${ports.dns})`,
    ],
    ['Cluster Addr', `${config.advertiseLan} (LAN: ${ports.serfLan}, WAN: ${ports.serfWan})`],
    [
      'Encrypt',
      `Gossip: ${isGossipEncrypted(config)}, TLS-Outgoing: ${tls.verifyOutgoing}, ` +
        `TLS-Incoming: ${tls.verifyIncomingRpc}, Auto-Encrypt-TLS: false`,
    ],
  ];
  const lines = rows.map(([label, value]) => `${`${label}:`.padStart(LABEL_WIDTH)} ${value}`);
  return `${lines.join('\n')}\n\n==> Log data will now stream in as it occurs:\n\n`;
}

/** By the key of the configuration, or by the keyring of an earlier run. */
function isGossipEncrypted({ encryptKey, dataDir, gossip }: RuntimeConfig): boolean {
  if (encryptKey !== '') return true;
  if (dataDir === '' || gossip.disableKeyringFile) return false;
  return existsSync(join(dataDir, 'serf', 'local.keyring'));
}
