/** Certificates and authorities change under load: no connection fails, no byte is lost. */
import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { faultSetting, MeshPair, reportFaults, until } from '@mesh/testkit';

/** At full length 60 s, ten times (tools/faults mesh-rotation). */
const LEAF_TTL_S = faultSetting('LEAF_TTL_S', 10);
const RENEWALS = faultSetting('RENEWALS', 3);
const CONNECTIONS = 200;

/** Connections that open, say something, hear it again and close; and one that goes on and on. */
class MeshLoad {
  done = 0;
  readonly failures: string[] = [];
  private readonly pair: MeshPair;
  private isOver = false;
  private readonly running: Promise<void>[];

  constructor(pair: MeshPair, connections: number) {
    this.pair = pair;
    this.running = Array.from({ length: connections }, (_, at) => this.open(at));
    this.running.push(this.transfer());
  }

  /** Ends it; what was sent over the long connection has come back. */
  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.running);
  }

  private async open(number: number): Promise<void> {
    for (let turn = 0; !this.isOver; turn++) {
      const text = `connection ${number}, turn ${turn}`;
      const { back, error } = await this.pair.converse(text);
      if (back.toString() !== text) this.failures.push(`${text}: ${error} after "${back}"`);
      this.done++;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  private async transfer(): Promise<void> {
    const socket: Socket = this.pair.dial();
    const sent = createHash('sha256');
    const back = createHash('sha256');
    socket.on('data', (chunk: Buffer) => back.update(chunk));
    const ended = new Promise<string>((resolve) => {
      socket.on('end', () => resolve(''));
      socket.on('error', (error) => resolve(error.message));
    });
    while (!this.isOver) {
      const part = randomBytes(64 * 1024);
      sent.update(part);
      if (!socket.write(part)) await new Promise((resolve) => socket.once('drain', resolve));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    socket.end();
    const error = await ended;
    const isWhole = back.digest('hex') === sent.digest('hex');
    if (error !== '' || !isWhole) this.failures.push(`the long one: ${error || 'bytes differ'}`);
  }
}

describe('certificates change while the mesh is used', () => {
  let pair: MeshPair;
  beforeAll(async () => {
    pair = await MeshPair.start({
      ca: { leaf_cert_ttl: `${LEAF_TTL_S}s`, skip_validate: true, csr_max_per_second: 0 },
    });
  }, 60_000);
  afterAll(() => pair?.stop());

  const renewals = async () =>
    Math.min(...(await Promise.all([pair.web, pair.socat].map((one) => one.metric(RENEWED)))));

  it('leaves are renewed before they end', async () => {
    const load = new MeshLoad(pair, 20);
    const before = await renewals();
    await until(
      'the renewals',
      async () => (await renewals()) >= before + RENEWALS,
      (RENEWALS + 2) * LEAF_TTL_S * 1000,
    );
    await load.stop();
    expect(load.failures).toEqual([]);
    reportFaults(
      `leaf TTL ${LEAF_TTL_S} s: ${RENEWALS} renewals, ${load.done} connections and one long transfer: 0 failures`,
    );
  }, 900_000);

  it('another authority takes over', async () => {
    const load = new MeshLoad(pair, CONNECTIONS);
    await until('a first round', () => load.done > CONNECTIONS);
    const ports = [pair.publicPort, pair.webPublicPort];
    for (const bits of [384, 256]) {
      const before = await Promise.all(ports.map(issuerOf));
      const config = { LeafCertTTL: `${LEAF_TTL_S}s`, SkipValidate: true, CSRMaxPerSecond: 0 };
      const answer = await pair.agent.http('PUT', '/v1/connect/ca/configuration', {
        ...{
          Provider: 'consul',
          Config: { ...config, PrivateKeyType: 'ec', PrivateKeyBits: bits },
        },
      });
      expect([answer.status, answer.text]).toEqual([200, '']);
      await until(
        'leaves of the new authority in both proxies',
        async () => {
          const after = await Promise.all(ports.map(issuerOf));
          return after.every((name, at) => name !== before[at]);
        },
        60_000,
      );
      const rounds = load.done + 2 * CONNECTIONS;
      await until('more rounds', () => load.done > rounds, 60_000);
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    reportFaults(
      `root rotation twice: ${load.done} connections of ${CONNECTIONS} at a time and one long transfer: 0 failures`,
    );
  }, 300_000);
});

const RENEWED = 'certificate_renewals_total';

/** Common name of whom the certificate of a proxy's public listener is signed by. */
function issuerOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().issuer.CN as string);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
