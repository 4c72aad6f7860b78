import type { Peer } from './identity.ts';

/** Endpoints whose sessions are kept. */
const MAX_SESSIONS = 1024;

/** What a handshake with an endpoint left behind (RFC 8446 2.2). */
interface Session {
  readonly ticket: Buffer;
  /** Who was at the other end: a resumed handshake shows no certificate. */
  readonly peer: Peer;
  readonly generation: number;
}

/**
 * TLS sessions by endpoint, so that the next connection to it needs no certificates. One that was made with
 * another certificate or other roots of ours, or whose peer's certificate has expired, is not used.
 */
export class Sessions {
  private readonly kept = new Map<string, Session>();

  keep(endpoint: string, session: Session): void {
    if (this.kept.size >= MAX_SESSIONS && !this.kept.has(endpoint)) {
      const [oldest] = this.kept.keys();
      this.kept.delete(oldest!);
    }
    this.kept.set(endpoint, session);
  }

  usable(endpoint: string, generation: number, nowMs: number): Session | undefined {
    const session = this.kept.get(endpoint);
    if (!session) return undefined;
    if (session.generation === generation && session.peer.validBeforeMs > nowMs) return session;
    this.kept.delete(endpoint);
    return undefined;
  }

  drop(endpoint: string): void {
    this.kept.delete(endpoint);
  }
}
