import type { Socket } from 'node:net';
import type { Timers } from '@mesh/base';

/** Bytes that passed, seen from the proxy's peer. */
export interface Traffic {
  bytesIn: number;
  bytesOut: number;
}

export interface RelayOptions {
  /** Nothing passes for so long: the connection ends, milliseconds; 0 is never. */
  readonly idleTimeoutMs: number;
  readonly timers: Timers;
}

/**
 * Joins two sockets until both directions have ended. Each direction ends for itself (half-close); an error
 * of one side resets the other. Reading waits for writing, so that a slow reader costs no memory. Resolves when both
 * are closed.
 */
export function relay(peer: Socket, other: Socket, options: RelayOptions): Promise<Traffic> {
  const { idleTimeoutMs } = options;
  return new Promise((resolve) => {
    let open = 2;
    const closed = () => {
      if (--open > 0) return;
      resolve({ bytesIn: peer.bytesRead, bytesOut: peer.bytesWritten });
    };
    join(peer, other, closed);
    join(other, peer, closed);
    for (const socket of [peer, other]) {
      socket.setNoDelay(true);
      if (idleTimeoutMs > 0) {
        socket.setTimeout(idleTimeoutMs, () => {
          peer.destroy();
          other.destroy();
        });
      }
    }
  });
}

function join(from: Socket, to: Socket, closed: () => void): void {
  from.pipe(to);
  from.on('error', () => reset(to));
  from.on('close', () => {
    // Both directions are over, or it broke: what is still to be written has its time.
    if (from.readableEnded) to.end();
    else reset(to);
    closed();
  });
}

/** Ends a connection as one that broke. */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
