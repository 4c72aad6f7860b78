import { connect } from 'node:net';
import type { CheckDefinition } from '@mesh/api-contract';
import { critical, dialError, type Probe } from '../probe.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Passing when a connection to host:port can be made. */
export function tcpProbe({ tcp, timeoutMs }: CheckDefinition): Probe {
  const colon = tcp.lastIndexOf(':');
  const host = tcp.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, '') || 'localhost';
  const port = Number(tcp.slice(colon + 1));
  return {
    type: 'tcp',
    run: (signal) =>
      new Promise((resolve) => {
        if (!Number.isInteger(port) || port < 1 || port > 65535) {
          resolve(critical(`dial tcp: address ${tcp}: missing or invalid port`));
          return;
        }
        const socket = connect({ host, port, signal });
        socket.setTimeout(timeoutMs || DEFAULT_TIMEOUT_MS);
        socket.once('connect', () => {
          socket.destroy();
          resolve({ status: 'passing', output: `TCP connect ${tcp}: Success` });
        });
        socket.once('timeout', () => {
          socket.destroy();
          resolve(critical(`dial tcp ${tcp}: i/o timeout`));
        });
        socket.once('error', (error) => resolve(critical(dialError(tcp, error))));
      }),
  };
}
