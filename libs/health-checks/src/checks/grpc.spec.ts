import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { CheckWorld, eventually } from '../testing/check-world.ts';

type Respond = sendUnaryData<Buffer>;

describe('grpc checks', () => {
  let world: CheckWorld;
  let server: Server;
  let address: string;
  let answer: (service: string, respond: Respond, call: ServerUnaryCall<Buffer, Buffer>) => void;
  beforeEach(async () => {
    world = new CheckWorld();
    server = new Server();
    const raw = (bytes: Buffer) => bytes;
    server.addService(
      {
        Check: {
          path: '/grpc.health.v1.Health/Check',
          requestStream: false,
          responseStream: false,
          requestSerialize: raw,
          requestDeserialize: raw,
          responseSerialize: raw,
          responseDeserialize: raw,
        },
      },
      {
        Check: (call: ServerUnaryCall<Buffer, Buffer>, respond: Respond) =>
          answer(call.request.subarray(2).toString(), respond, call),
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    address = `127.0.0.1:${port}`;
  });
  afterEach(() => {
    world.stop();
    server.forceShutdown();
  });

  it.each([
    [[8, 1], 'passing', 'success'],
    [[8, 2], 'critical', 'status NOT_SERVING, want SERVING'],
    [[8, 3], 'critical', 'status SERVICE_UNKNOWN, want SERVING'],
    [[], 'critical', 'status UNKNOWN, want SERVING'],
  ])('%j is %s', async (bytes, expected, output) => {
    answer = (_, respond) => respond(null, Buffer.from(bytes));
    const result = await world.firstResult({ grpc: address });
    expect(result).toEqual({ status: expected, output: `gRPC check ${address}: ${output}` });
  });

  it('ask for the service that the address names', async () => {
    const asked: string[] = [];
    answer = (service, respond) => {
      asked.push(service);
      respond(null, Buffer.from([8, 1]));
    };
    await world.firstResult({ grpc: address });
    const { output } = await world.firstResult({ grpc: `${address}/a.b.C/d` });
    expect(asked).toEqual(['', 'a.b.C/d']);
    expect(output).toBe(`gRPC check ${address}/a.b.C/d: success`);
  });

  it('are critical with the words of the server, as far as they are kept', async () => {
    answer = (_, respond) => respond({ code: status.NOT_FOUND, details: `no ${'x'.repeat(900)}` });
    const result = await world.firstResult({ grpc: address, outputMaxBytes: 20 });
    expect(result.status).toBe('critical');
    expect(result.output).toBe(`gRPC check ${address}: 5 NOT_FOUND: no xxxx`);
  });

  it('an answer that is no health response is critical', async () => {
    answer = (_, respond) => respond(null, Buffer.from([0x0b, 1, 2]));
    const result = await world.firstResult({ grpc: address });
    expect(result.status).toBe('critical');
    expect(result.output).toContain('malformed health response');
  });

  it('are critical when nobody listens', async () => {
    const result = await world.firstResult({ grpc: '127.0.0.1:1' });
    expect(result.status).toBe('critical');
    expect(result.output).toMatch(/^gRPC check 127\.0\.0\.1:1: 14 UNAVAILABLE/);
  });

  it('an address that is none is critical', async () => {
    expect((await world.firstResult({ grpc: '/service' })).status).toBe('critical');
  });

  it('give up when the time is over', async () => {
    let cancelled = false;
    let asked = false;
    answer = (_, __, call) => {
      asked = true;
      call.on('cancelled', () => {
        cancelled = true;
      });
    };
    world.begin({ grpc: address, timeoutMs: 3000 });
    await eventually(() => asked);
    world.timers.fire(3000);
    await eventually(() => world.results.length === 1 && cancelled);
    const output = `gRPC check ${address}: context deadline exceeded`;
    expect(world.results).toEqual([{ status: 'critical', output }]);
  });

  it('cancel the call when stopped, and report nothing', async () => {
    let cancelled = false;
    let asked = false;
    answer = (_, __, call) => {
      asked = true;
      call.on('cancelled', () => {
        cancelled = true;
      });
    };
    const check = world.begin({ grpc: address });
    await eventually(() => asked);
    check.stop();
    await eventually(() => cancelled);
    answer = (_, respond) => respond(null, Buffer.from([8, 1]));
    await world.firstResult({ grpc: address });
    expect(world.results).toHaveLength(1);
  });
});
