/** What a hostile or broken client sends must leave the agent serving, its memory back where it was. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { AgentProcess, until } from '@mesh/testkit';

/** Small seeded generator (mulberry32): a failure replays. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A query datagram for A of a name. */
function query(name: string, id: number, type = 1): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([
    id >> 8,
    id & 255,
    1,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    ...labels,
    0,
    0,
    type,
    0,
    1,
  ]);
}

/** Datagrams that have broken other servers. */
const VICIOUS = [
  // A name that points at itself.
  Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]),
  // Two names that point at each other.
  Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1]),
  // Huge counts, no content.
  Buffer.from([0, 1, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255]),
  // A label longer than the message.
  Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 97]),
  // Short headers.
  Buffer.from([0]),
  Buffer.from([0, 1, 1, 0]),
  // A pointer past the end.
  Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 1, 0, 1]),
];

function mutate(source: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(source);
  for (let change = 0; change < 1 + random() * 6; change++) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

describe('robustness', () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    agent = await AgentProcess.start({ args: ['-log-level=ERROR'] });
    await agent.http('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80 });
    await until('web in DNS', async () => (await ask('web.service.consul')).length > 40);
  });
  afterAll(() => agent.stop());

  const residentMiB = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))![1]) / 1024;

  /** One well-formed question; resolves with the answer's bytes, or none after a second. */
  function ask(name: string): Promise<Buffer> {
    return new Promise((resolve) => {
      const socket = createSocket('udp4');
      const end = (answer: Buffer) => {
        clearTimeout(timer);
        socket.close();
        resolve(answer);
      };
      const timer = setTimeout(() => end(Buffer.alloc(0)), 1000);
      socket.on('message', end);
      socket.send(query(name, 77), agent.dnsPort, '127.0.0.1');
    });
  }

  async function expectServing(): Promise<void> {
    expect(agent.exitCode).toBeUndefined();
    expect((await agent.http('GET', '/v1/status/leader')).status).toBe(200);
    await until('DNS to answer', async () => (await ask('web.service.consul')).length > 40);
  }

  it('100,000 random and mutated datagrams', async () => {
    const random = seeded(20261123);
    const socket = createSocket({ type: 'udp4', sendBufferSize: 1 << 20 });
    socket.on('message', () => {});
    const before = residentMiB();
    for (let sent = 0; sent < 100_000; ) {
      const batch = [];
      // Bursts above some 250 overflow the receiver's buffer and would not be seen at all.
      for (let at = 0; at < 200; at++, sent++) {
        const kind = random();
        const datagram =
          kind < 0.3
            ? Buffer.from(Array.from({ length: random() * 80 }, () => Math.floor(random() * 256)))
            : kind < 0.5
              ? VICIOUS[Math.floor(random() * VICIOUS.length)]!
              : mutate(query('web.service.consul', sent & 0xffff, 33), random);
        batch.push(
          new Promise<void>((resolve) => {
            socket.send(datagram, agent.dnsPort, '127.0.0.1', () => resolve());
          }),
        );
      }
      await Promise.all(batch);
      if (sent % 2000 === 0) await expectServing();
    }
    socket.close();
    await expectServing();
    await until('memory to be back', () => residentMiB() < before + 60, 60_000);
  });

  it('TCP resets and broken frames on the DNS port', async () => {
    const random = seeded(7);
    for (let round = 0; round < 300; round++) {
      await new Promise<void>((resolve) => {
        const socket = connect(agent.dnsPort, '127.0.0.1', () => {
          const body = VICIOUS[Math.floor(random() * VICIOUS.length)]!;
          const frame = Buffer.concat([Buffer.from([0, body.length]), body]);
          socket.write(random() < 0.5 ? frame : Buffer.from([255, 255, 1]));
          socket.resetAndDestroy();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve());
      });
    }
    await expectServing();
  });

  it('10,000 malformed HTTP requests', async () => {
    const random = seeded(11);
    const parts = [
      'GET /v1/kv/%zz HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /v1/kv/a?index=x HTTP/1.1\r\nHost: x\r\n\r\n',
      'GARBAGE\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
      'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nabc',
      'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'PUT /v1/txn HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n[[[[[',
      'PUT /v1/catalog/register HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]',
      'PUT /v1/agent/service/register HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnull',
      'GET /v1/catalog/nodes?filter=((((((((( HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'GET /v1/kv/\u0000 HTTP/1.1\r\nHost: x\r\n\r\n',
    ].map((text) => Buffer.from(text, 'latin1'));
    const before = residentMiB();
    const send = () =>
      new Promise<void>((resolve) => {
        const chosen = parts[Math.floor(random() * parts.length)]!;
        const socket = connect(agent.httpPort, '127.0.0.1', () => {
          socket.end(random() < 0.5 ? chosen : mutate(chosen, random));
        });
        const timer = setTimeout(() => socket.destroy(), 200 + random() * 300);
        socket.on('data', () => {});
        socket.on('error', () => {});
        socket.on('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    for (let sent = 0; sent < 10_000; sent += 50) {
      await Promise.all(Array.from({ length: 50 }, send));
    }
    await expectServing();
    await until('memory to be back', () => residentMiB() < before + 80, 60_000);
  });
});
