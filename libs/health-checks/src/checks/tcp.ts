import { connect } from 'node:net';
import type { CheckDefinition } from '@mesh/api-contract';
import { withDeadline } from '../deadline.ts';
import { networkError } from '../network-error.ts';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps } from '../types.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Passing when a connection to host:port can be made; it is closed at once. */
export function tcpProbe({ tcp, timeoutMs }: CheckDefinition, { platform }: CheckDeps): Probe {
  return {
    type: 'tcp',
    run: (stopped) =>
      withDeadline(platform.timers, timeoutMs || DEFAULT_TIMEOUT_MS, stopped, async (deadline) => {
        const target = parseAddress(tcp);
        if (typeof target === 'string') return critical(`dial tcp: address ${tcp}: ${target}`);
        try {
          await dial(target, deadline.signal);
          return { status: 'passing', output: `TCP connect ${tcp}: Success` };
        } catch (error) {
          if (deadline.isLate()) return critical(`dial tcp ${tcp}: i/o timeout`);
          return critical(networkError(tcp, error as Error));
        }
      }),
  };
}

function dial(
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    // Stays for the socket's life: an error without a listener would end the process.
    socket.on('error', reject);
  });
}

/** Host and port of `host:port` or `[address]:port`, or what is wrong with it. */
function parseAddress(address: string): { host: string; port: number } | string {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(address);
  if (!parts) {
    if (/^[^:[\]]*$|^\[[^\]]*\]$/.test(address)) return 'missing port in address';
    if (!/[[\]]/.test(address) && address.split(':').length > 2) {
      return 'too many colons in address';
    }
    return 'invalid address, want host:port';
  }
  const port = Number(parts[3]);
  if (port < 1 || port > 65535) return 'invalid port';
  return { host: parts[1] || parts[2] || 'localhost', port };
}
