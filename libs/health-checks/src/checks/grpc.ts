import type { Client } from '@grpc/grpc-js';
import type { CheckDefinition } from '@mesh/api-contract';
import { withDeadline } from '../deadline.ts';
import { critical, cutBytes, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult, CheckTls } from '../types.ts';
import {
  decodeHealthResponse,
  encodeHealthRequest,
  SERVING,
  servingStatus,
} from './grpc-health.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;
const METHOD = '/grpc.health.v1.Health/Check';
/** Largest answer, bytes; a health response has two. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Asks the gRPC health service (GRPC Health Checking Protocol, v1): SERVING is passing. */
export function grpcProbe(definition: CheckDefinition, deps: CheckDeps): Probe {
  const { grpc: address, timeoutMs } = definition;
  const slash = address.indexOf('/');
  const target = slash < 0 ? address : address.slice(0, slash);
  const service = slash < 0 ? '' : address.slice(slash + 1);
  const limitMs = timeoutMs || DEFAULT_TIMEOUT_MS;
  return {
    type: 'grpc',
    run: (stopped) =>
      withDeadline(deps.platform.timers, limitMs, stopped, async ({ signal, isLate }) => {
        const client = await connect(target, definition, deps.tls);
        try {
          const status = await checkHealth(client, service, signal);
          if (status === SERVING) {
            return { status: 'passing', output: `gRPC check ${address}: success` };
          }
          return critical(`gRPC check ${address}: ${servingStatus(status)}, want SERVING`);
        } catch (error) {
          return failure(address, error, isLate(), deps.outputMaxBytes);
        } finally {
          client.close();
        }
      }),
  };
}

async function connect(
  target: string,
  { grpcUseTls, tlsSkipVerify }: CheckDefinition,
  tls: CheckTls | undefined,
): Promise<Client> {
  // Loaded by the first check that needs it: it would add to every agent's start.
  const { Client, credentials } = await import('@grpc/grpc-js');
  const pem = (text: string | undefined) => (text ? Buffer.from(text) : null);
  const secure = () =>
    credentials.createSsl(pem(tls?.ca), pem(tls?.key), pem(tls?.cert), {
      rejectUnauthorized: !tlsSkipVerify,
    });
  return new Client(target, grpcUseTls ? secure() : credentials.createInsecure(), {
    // A connection of its own: a shared one would answer from an earlier failure while it backs off.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
    'grpc.enable_retries': 0,
  });
}

function checkHealth(client: Client, service: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      METHOD,
      encodeHealthRequest,
      decodeHealthResponse,
      service,
      (error, status) => (error ? reject(error) : resolve(status ?? 0)),
    );
    signal.addEventListener('abort', () => call.cancel(), { once: true });
    if (signal.aborted) call.cancel();
  });
}

/** Words of the other side are cut: it may send as many as it likes. */
function failure(address: string, error: unknown, isLate: boolean, maxBytes: number): CheckResult {
  const message = error instanceof Error ? error.message : String(error);
  const why = isLate ? 'context deadline exceeded' : cutBytes(message, maxBytes);
  return critical(`gRPC check ${address}: ${why}`);
}
