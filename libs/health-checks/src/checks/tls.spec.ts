import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { generate } from 'selfsigned';
import { CheckWorld } from '../testing/check-world.ts';
import type { CheckTls } from '../types.ts';

/** A certificate for 127.0.0.1 and localhost that is its own authority. */
async function certificate(): Promise<Required<CheckTls>> {
  const made = await generate([{ name: 'commonName', value: 'mesh-test' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { ca: made.cert, cert: made.cert, key: made.private };
}

describe('checks over TLS', () => {
  let world: CheckWorld;
  let tls: Required<CheckTls>;
  beforeAll(async () => {
    tls = await certificate();
  });
  beforeEach(() => {
    world = new CheckWorld();
  });
  afterEach(() => world.stop());

  describe('http', () => {
    let server: Server;
    let http: string;
    beforeEach(async () => {
      const options = { ...tls, requestCert: true, rejectUnauthorized: false };
      server = createServer(options, (request, response) => {
        const { authorized, servername } = request.socket as TLSSocket & { servername: unknown };
        response.end(`client certificate ${authorized}, name ${servername}`);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      http = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    });
    afterEach(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });

    it('verify the server', async () => {
      const result = await world.firstResult({ http });
      expect(result.status).toBe('critical');
      expect(result.output).toMatch(/^Get "https:.*": x509: self-signed certificate/);
    });

    it('do not where they are told not to', async () => {
      const { output } = await world.firstResult({ http, tlsSkipVerify: true });
      expect(output).toContain('200 OK Output: client certificate false');
    });

    it('trust the authority and present the certificate of the agent', async () => {
      const { output } = await world.firstResult({ http }, { tls });
      expect(output).toContain('200 OK Output: client certificate true, name false');
    });

    it('verify the name in the URL, whatever the Host header says', async () => {
      const named = http.replace('127.0.0.1', 'localhost');
      const header = { Host: ['other.example'] };
      const { output } = await world.firstResult({ http: named, header }, { tls });
      expect(output).toContain('name localhost');
    });

    it('are critical when TLS is spoken where none is expected', async () => {
      const plain = await world.firstResult({ http: http.replace('https', 'http') });
      expect(plain.status).toBe('critical');
    });
  });

  describe('grpc', () => {
    let server: GrpcServer;
    let grpc: string;
    beforeEach(async () => {
      server = new GrpcServer();
      const raw = (bytes: Buffer) => bytes;
      const method = {
        path: '/grpc.health.v1.Health/Check',
        requestStream: false as const,
        responseStream: false as const,
        requestSerialize: raw,
        requestDeserialize: raw,
        responseSerialize: raw,
        responseDeserialize: raw,
      };
      server.addService(
        { Check: method },
        {
          Check: (_: unknown, respond: (error: null, bytes: Buffer) => void) =>
            respond(null, Buffer.from([8, 1])),
        },
      );
      const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
      const secure = ServerCredentials.createSsl(null, [pair]);
      const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync('127.0.0.1:0', secure, (error, bound) =>
          error ? reject(error) : resolve(bound),
        ),
      );
      grpc = `127.0.0.1:${port}`;
    });
    afterEach(() => server.forceShutdown());

    it.each([
      ['verify the server', {}, undefined, 'critical'],
      ['do not where they are told not to', { tlsSkipVerify: true }, undefined, 'passing'],
      ['trust the authority of the agent', {}, 'agent', 'passing'],
      ['need to be told that TLS is spoken', { grpcUseTls: false }, 'agent', 'critical'],
    ])('%s', async (_, settings, whose, status) => {
      const deps = whose === undefined ? {} : { tls };
      const result = await world.firstResult({ grpc, grpcUseTls: true, ...settings }, deps);
      expect(result.status).toBe(status);
    });

    it('a certificate that is none is critical', async () => {
      const broken = { tls: { ...tls, cert: 'nonsense' } };
      const result = await world.firstResult({ grpc, grpcUseTls: true }, broken);
      expect(result.status).toBe('critical');
    });
  });
});
