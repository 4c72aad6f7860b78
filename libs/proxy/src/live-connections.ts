import type { Socket } from 'node:net';
import type { ServiceIdentity } from '@mesh/connect-ca';

/** A connection that goes on. */
export interface LiveConnection {
  readonly direction: 'public' | 'upstream';
  /** Service at the other end. */
  readonly peer: ServiceIdentity;
  readonly remote: string;
  readonly startedMs: number;
  readonly sockets: readonly Socket[];
}

/** The connections that go on, so that they can be shown and ended. */
export class LiveConnections {
  private readonly all = new Set<LiveConnection>();

  get size(): number {
    return this.all.size;
  }

  add(connection: LiveConnection): void {
    this.all.add(connection);
  }

  delete(connection: LiveConnection): void {
    this.all.delete(connection);
  }

  list(): readonly LiveConnection[] {
    return [...this.all];
  }

  /** Ends those that a test picks; how many. */
  end(isWanted: (connection: LiveConnection) => boolean): number {
    let ended = 0;
    for (const connection of [...this.all]) {
      if (!isWanted(connection)) continue;
      for (const socket of connection.sockets) socket.destroy();
      ended++;
    }
    return ended;
  }
}
