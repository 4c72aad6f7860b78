import type { Socket } from 'node:net';

/** One end of a relayed connection. */
export interface Side {
  /** Where bytes come from and go to: a TLS socket, or the plain one itself. */
  readonly stream: Socket;
  /** The TCP connection itself, which can be reset. */
  readonly raw: Socket;
}

/** Between two probes of a silent connection, milliseconds: a peer that vanished is found out. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Joins two sockets until both directions have ended. Each direction ends for itself (half-close); a side that
 * breaks resets the other. Reading waits for writing, so that a slow reader costs no memory. `ended` is
 * called once, when both are closed. Data may have come before; none is lost while the sockets were paused.
 * @param idleTimeoutMs nothing passes for so long: both are reset; 0 is never
 */
export function relay(one: Side, other: Side, idleTimeoutMs: number, ended: () => void): void {
  let open = 2;
  const closed = () => {
    if (--open === 0) ended();
  };
  pump(one, other, closed);
  pump(other, one, closed);
  for (const { stream, raw } of [one, other]) {
    raw.setNoDelay(true);
    raw.setKeepAlive(true, KEEP_ALIVE_MS);
    if (idleTimeoutMs > 0) {
      stream.setTimeout(idleTimeoutMs, () => {
        reset(one);
        reset(other);
      });
    }
  }
}

function pump({ stream: from }: Side, to: Side, closed: () => void): void {
  const { stream: target } = to;
  if (from.destroyed) {
    reset(to);
    closed();
    return;
  }
  from.on('data', (chunk) => {
    if (!target.write(chunk)) from.pause();
  });
  target.on('drain', () => from.resume());
  from.on('end', () => target.end());
  from.on('error', () => reset(to));
  from.on('close', () => {
    // After its end it was passed on as such; before, it broke.
    if (!from.readableEnded) reset(to);
    closed();
  });
  from.resume();
}

/**
 * Ends a connection as one that broke: with a TCP reset, so that the other end does not take it for an end.
 * Under TLS it waits for a turn of its own: Node must not be in the middle of the TLS connection
 * whose ground goes.
 */
export function reset({ stream, raw }: Side): void {
  if (stream === raw) resetNow(raw);
  else {
    setImmediate(() => {
      resetNow(raw);
      stream.destroy();
    });
  }
}

function resetNow(raw: Socket): void {
  // A reset waits for the connection to come about; nobody waits for it any more.
  if (raw.connecting) raw.destroy();
  else if (!raw.destroyed) raw.resetAndDestroy();
}
