import { status } from '@grpc/grpc-js';

/** Why a stream to another agent ended. */
export interface StreamEnd {
  /**
   * `refused`: nobody listens there. `lost`: the connection broke, or the other end shut down.
   * `rejected`: the other end would not have this stream, and says why. `unreachable`: no
   * connection in time, or no such host, or no agreement on TLS. `closed`: this side closed it.
   */
  readonly kind: 'refused' | 'lost' | 'rejected' | 'unreachable' | 'closed';
  readonly message: string;
}

const REFUSED = /ECONNREFUSED|ECONNRESET/;

/**
 * Reads a gRPC status.
 *
 * @param opened - whether the other end had accepted the stream
 */
export function streamEnd(code: number, details: string, opened: boolean): StreamEnd {
  if (code === status.UNAVAILABLE || code === status.OK) {
    if (opened) return { kind: 'lost', message: details || 'the other end closed the stream' };
    return { kind: REFUSED.test(details) ? 'refused' : 'unreachable', message: details };
  }
  if (code === status.CANCELLED || (code === status.INTERNAL && opened)) {
    return { kind: 'lost', message: details };
  }
  return { kind: 'rejected', message: details };
}
