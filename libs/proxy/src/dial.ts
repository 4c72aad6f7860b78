import { connect as connectPlain } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { MeshError, type Platform } from '@mesh/base';
import { type Endpoint, endpointKey } from './endpoints.ts';
import type { Identity, Peer } from './identity.ts';
import type { ProxyMetrics } from './metrics.ts';
import { handshakeFailure, type Refusal } from './refusal.ts';
import { reset, type Side } from './relay.ts';
import type { Sessions } from './sessions.ts';

export interface DialOptions {
  readonly timeoutMs: number;
  readonly identity: Identity;
  readonly sessions: Sessions;
  readonly metrics: ProxyMetrics;
  readonly platform: Platform;
  readonly signal: AbortSignal;
}

/** A connection whose other end is who it should be. */
export interface Dialled {
  readonly side: Side;
  readonly peer: Peer;
}

/**
 * Connects to an instance over TLS, and makes sure that its certificate names the endpoint's service. Rejects with
 * MeshError `unavailable` when it does not, does not answer in time, or the signal aborts.
 */
export function dial(endpoint: Endpoint, options: DialOptions): Promise<Dialled> {
  const { timeoutMs, identity, sessions, metrics, platform, signal } = options;
  const key = endpointKey(endpoint);
  const { generation } = identity;
  const resumable = sessions.usable(key, generation, platform.clock.nowMs());
  return new Promise((resolve, reject) => {
    const { raw, stream } = open(endpoint, identity, resumable?.ticket);
    let isOver = false;
    let known: Peer | undefined;
    let ticket: Buffer | undefined;
    const keep = () => {
      if (known && ticket) sessions.keep(key, { ticket, peer: known, generation });
    };
    const fail = (why: string) => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      signal.removeEventListener('abort', abort);
      sessions.drop(key);
      reset({ stream, raw });
      reject(new MeshError('unavailable', `${key}: ${why}`));
    };
    const abort = () => fail('given up');
    const timer = platform.timers.after(timeoutMs, () =>
      fail(`no connection within ${timeoutMs} ms`),
    );
    const broken = (error: Error) => {
      if (!isOver && !raw.connecting && raw.bytesWritten > 0) {
        const reason = handshakeFailure(error);
        metrics.add('handshakes_failed_total', { side: 'client', reason });
      }
      fail(error.message);
    };
    raw.on('error', broken);
    stream.on('error', broken);
    stream.once('close', () => fail('closed during the handshake'));
    if (signal.aborted) {
      fail('given up');
      return;
    }
    signal.addEventListener('abort', abort);
    stream.once('secureConnect', () => {
      if (isOver) return;
      const resumed = stream.isSessionReused();
      metrics.add('handshakes_total', { side: 'client', resumed: String(resumed) });
      const peer = resumed && resumable ? resumable.peer : peerOf(stream, identity);
      const refusal = typeof peer === 'string' ? peer : misnamed(peer, endpoint);
      if (refusal !== undefined || typeof peer === 'string') {
        metrics.add('denials_total', { reason: refusal ?? 'bad certificate' });
        fail(`its certificate is refused: ${refusal}${described(peer, endpoint)}`);
        return;
      }
      isOver = true;
      timer.cancel();
      signal.removeEventListener('abort', abort);
      known = peer;
      keep();
      resolve({ side: { stream, raw }, peer });
    });
    // Tickets come with the end of the handshake, with TLS 1.3 with the first data: then it is known whose they are.
    stream.on('session', (latest: Buffer) => {
      ticket = latest;
      keep();
    });
  });
}

/** A connection under way. The name that counts in it is the SPIFFE ID. */
function open({ host, port }: Endpoint, { context }: Identity, ticket: Buffer | undefined) {
  const raw = connectPlain({ host, port, allowHalfOpen: true, noDelay: true });
  const stream = connectTls({
    ...{ socket: raw, secureContext: context, rejectUnauthorized: false },
    checkServerIdentity: () => undefined,
    ...(ticket ? { session: ticket } : {}),
  });
  return { raw, stream };
}

function peerOf(stream: TLSSocket, identity: Identity): Peer | Refusal {
  return identity.peer({
    certificate: stream.getPeerX509Certificate(),
    isChained: stream.authorized,
    chainError: stream.authorizationError,
  });
}

/** Another service, or the same name in another datacenter, is not the one that was looked for. */
function misnamed({ identity }: Peer, endpoint: Endpoint): Refusal | undefined {
  const isService = identity.service === endpoint.service;
  const isHere = endpoint.datacenter === '' || identity.datacenter === endpoint.datacenter;
  return isService && isHere ? undefined : 'other service';
}

function described(peer: Peer | Refusal, { service, datacenter }: Endpoint): string {
  if (typeof peer === 'string') return '';
  const wanted = datacenter === '' ? service : `${service} of ${datacenter}`;
  return ` (${peer.identity.service} of ${peer.identity.datacenter}, not ${wanted})`;
}
