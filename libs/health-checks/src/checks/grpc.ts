import type { CheckDefinition } from '@mesh/api-contract';
import { critical, type Probe } from '../probe.ts';
import type { CheckDeps, CheckResult } from '../types.ts';

/** Default time of a run, milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;
const METHOD = '/grpc.health.v1.Health/Check';
/** grpc.health.v1.HealthCheckResponse.ServingStatus */
const SERVING = 1;
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Asks the gRPC health service (GRPC Health Checking Protocol, v1): SERVING is passing. */
export function grpcProbe(definition: CheckDefinition, { tls, platform }: CheckDeps): Probe {
  const slash = definition.grpc.indexOf('/');
  const target = slash < 0 ? definition.grpc : definition.grpc.slice(0, slash);
  const service = slash < 0 ? '' : definition.grpc.slice(slash + 1);
  return {
    type: 'grpc',
    run: async (signal) => {
      // Loaded by the first check that needs it: it would add to every agent's start.
      const { Client, credentials } = await import('@grpc/grpc-js');
      const pem = (text: string | undefined) => (text ? Buffer.from(text) : null);
      const secure = () =>
        credentials.createSsl(pem(tls?.ca), pem(tls?.key), pem(tls?.cert), {
          rejectUnauthorized: !definition.tlsSkipVerify,
        });
      const client = new Client(
        target,
        definition.grpcUseTls ? secure() : credentials.createInsecure(),
      );
      const deadline = platform.clock.nowMs() + (definition.timeoutMs || DEFAULT_TIMEOUT_MS);
      try {
        return await new Promise<CheckResult>((resolve) => {
          const call = client.makeUnaryRequest(
            METHOD,
            encodeRequest,
            decodeResponse,
            service,
            { deadline },
            (error, status) => resolve(resultOf(definition.grpc, error, status)),
          );
          signal.addEventListener('abort', () => call.cancel(), { once: true });
        });
      } finally {
        client.close();
      }
    },
  };
}

function resultOf(
  address: string,
  error: { message: string } | null,
  status: number | undefined,
): CheckResult {
  if (error) return critical(`gRPC check ${address}: ${error.message}`);
  const name = STATUS_NAMES[status ?? 0] ?? String(status);
  if (status === SERVING) return { status: 'passing', output: `gRPC check ${address}: success` };
  return critical(`gRPC check ${address}: status ${name}, want SERVING`);
}

/** HealthCheckRequest: field 1, the service name, as protobuf. */
function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service);
  if (name.length === 0) return Buffer.alloc(0);
  const length: number[] = [];
  for (let rest = name.length; ; rest >>= 7) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest & 127) | 128);
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), name]);
}

/** HealthCheckResponse: field 1, the status, a varint; absent means UNKNOWN. */
function decodeResponse(bytes: Buffer): number {
  return bytes.length >= 2 && bytes[0] === 0x08 ? bytes[1]! : 0;
}
