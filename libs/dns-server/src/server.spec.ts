import { createSocket, type Socket } from 'node:dgram';
import { connect, createServer, type Socket as TcpSocket } from 'node:net';
import { noMetrics, silentLogger } from '@mesh/base';
import type { DnsConfig } from '@mesh/config';
import { describeMessage, encodeQuery, MemorySource, type MessageText, TYPE } from '@mesh/dns';
import nativeDns from 'native-dns';
import { createDnsServer, type DnsServer } from './index.ts';
import { realPlatform, testConfig } from './testing/world.ts';

let server: DnsServer;
let source: MemorySource;
let client: Socket;

function make(changes: Partial<DnsConfig> = {}, tcpIdleMs = 60_000): DnsServer {
  return createDnsServer({
    config: testConfig(changes),
    datacenter: 'dc1',
    translateWanAddresses: false,
    source,
    logger: silentLogger,
    metrics: noMetrics,
    platform: realPlatform(),
    tcpIdleMs,
  });
}

beforeEach(async () => {
  source = new MemorySource('dc1');
  for (let at = 1; at <= 3; at++) {
    source.register({
      Node: `n${at}`,
      Address: `10.0.0.${at}`,
      Service: { ID: 'web', Service: 'web', Port: 80 + at },
    });
  }
  server = make();
  await server.start();
  client = createSocket('udp4');
  await new Promise<void>((resolve) => client.bind(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  client.close();
  await server.stop();
});

function query(name: string, type: number = TYPE.A, id = 1): Uint8Array {
  return encodeQuery({ id, name, type, udpBytes: 1232 })!;
}

/** Sends datagrams and gives the next that comes back. */
function ask(...messages: readonly Uint8Array[]): Promise<MessageText> {
  return new Promise((resolve) => {
    client.once('message', (reply) => resolve(describeMessage(reply)));
    for (const message of messages) client.send(message, server.bound[0]!.port, '127.0.0.1');
  });
}

async function dial(): Promise<TcpSocket> {
  const socket = connect(server.bound[0]!.port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.on('error', () => {});
  return socket;
}

function frame(message: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]);
}

/** All messages until the connection ends. */
async function readAll(socket: TcpSocket): Promise<readonly MessageText[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  let rest = Buffer.concat(chunks);
  const messages: MessageText[] = [];
  while (rest.length > 0) {
    const end = 2 + rest.readUInt16BE(0);
    messages.push(describeMessage(rest.subarray(2, end)));
    rest = rest.subarray(end);
  }
  return messages;
}

test('answers over UDP, from the cache until something changes', async () => {
  // Kept when it is asked for a second time.
  for (let times = 0; times < 2; times++) {
    expect((await ask(query('web.service.consul.'))).answer).toHaveLength(3);
  }
  const { reads } = source;
  const again = await ask(query('WEB.service.consul.', TYPE.A, 9));
  expect(again.id).toBe(9);
  expect(again.answer[0]).toMatch(/^WEB\.service\.consul\. 0 IN A/);
  expect(source.reads).toBe(reads);
  source.register({ Node: 'n9', Address: '10.0.0.9', Service: { ID: 'web', Service: 'web' } });
  expect((await ask(query('web.service.consul.'))).answer).toHaveLength(4);
});

test('answers that nothing vouches for are not kept', async () => {
  source.untracked = true;
  await ask(query('web.service.consul.'));
  await ask(query('web.service.consul.'));
  const { reads } = source;
  await ask(query('web.service.consul.'));
  expect(source.reads).toBe(reads + 1);
});

test('a source that fails makes SERVFAIL, and is asked again', async () => {
  source.failure = new Error('No cluster leader');
  expect((await ask(query('web.service.consul.'))).rcode).toBe('SERVFAIL');
  source.failure = undefined;
  expect((await ask(query('web.service.consul.'))).rcode).toBe('NOERROR');
});

test('rubbish is passed over, what comes after it is answered', async () => {
  const rubbish = [new Uint8Array(0), new Uint8Array(5), new Uint8Array(11).fill(255)];
  expect((await ask(...rubbish, query('n1.node.consul.'))).answer).toHaveLength(1);
  const broken = query('n1.node.consul.');
  broken[5] = 9;
  expect((await ask(broken)).rcode).toBe('FORMERR');
});

test('an EDNS version of the future is refused by name', async () => {
  const message = query('n1.node.consul.');
  message[message.length - 5] = 1;
  expect((await ask(message)).rcode).toBe('RCODE16');
});

test('new settings count at once, with all that was kept forgotten', async () => {
  await ask(query('web.service.consul.'));
  await ask(query('web.service.consul.'));
  server.updateConfig(testConfig({ serviceTtlMs: { web: 9000 }, domain: 'mesh.' }));
  expect((await ask(query('web.service.consul.'))).rcode).toBe('SERVFAIL');
  expect((await ask(query('web.service.mesh.'))).answer[0]).toContain('web.service.mesh. 9 IN A');
  expect(() => server.updateConfig(testConfig({ recursors: ['nowhere'] }))).toThrow('nowhere');
  expect((await ask(query('web.service.mesh.'))).rcode).toBe('NOERROR');
});

test('a recursor that is this server itself is left out', async () => {
  const { port } = server.bound[0]!;
  server.updateConfig(testConfig({ recursors: [`127.0.0.1:${port}`] }));
  expect((await ask(query('example.com.'))).flags).toEqual(['qr', 'rd']);
});

test('stopping gives back all watches and ports; a second start listens again', async () => {
  await ask(query('web.service.consul.'));
  expect(source.watchers).toBe(0);
  await ask(query('web.service.consul.'));
  expect(source.watchers).toBe(1);
  const { port } = server.bound[0]!;
  await server.stop();
  await server.stop();
  expect(source.watchers).toBe(0);
  server = make({ listen: [{ kind: 'tcp', host: '127.0.0.1', port }] });
  await Promise.all([server.start(), server.start()]);
  expect((await ask(query('web.service.consul.'))).rcode).toBe('NOERROR');
});

test('a port in use is named, and nothing is left listening', async () => {
  const { port } = server.bound[0]!;
  const listen = [
    { kind: 'tcp', host: '127.0.0.2', port },
    { kind: 'tcp', host: '127.0.0.1', port },
  ] as const;
  const second = make({ listen });
  const wrong = `DNS: cannot listen on udp 127.0.0.1:${port}: address already in use`;
  await expect(second.start()).rejects.toThrow(wrong);
  const taken = createServer().listen(port, '127.0.0.2');
  await new Promise<void>((resolve, reject) => {
    taken.once('listening', () => resolve());
    taken.once('error', reject);
  });
  const third = make({ listen: listen.slice(0, 1) });
  await expect(third.start()).rejects.toThrow(`cannot listen on tcp 127.0.0.2:${port}`);
  await new Promise((resolve) => taken.close(resolve));
  await third.start();
  await third.stop();
});

test('TCP: queries in one piece and in many, answers before the end', async () => {
  const socket = await dial();
  const frames = Buffer.concat(
    Array.from({ length: 200 }, (_, at) => frame(query('web.service.consul.', TYPE.SRV, at))),
  );
  for (let at = 0; at < frames.length; at += 333) socket.write(frames.subarray(at, at + 333));
  socket.end();
  const messages = await readAll(socket);
  expect(messages.map((message) => message.id).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 200 }, (_, at) => at),
  );
  expect(messages.every((message) => message.answer.length === 3)).toBe(true);
});

test('TCP: who takes no answers is read no further, and gets them all in the end', async () => {
  for (let at = 0; at < 500; at++) {
    source.register({
      Node: `many${at}`,
      Address: `10.1.${at >> 8}.${at & 255}`,
      Service: { ID: 'many', Service: 'many', Port: at },
    });
  }
  const socket = await dial();
  socket.pause();
  for (let at = 0; at < 300; at++) socket.write(frame(query('many.service.consul.', TYPE.SRV, at)));
  socket.end();
  const messages = await readAll(socket);
  expect(messages).toHaveLength(300);
  expect(messages.every((message) => message.answer.length === 500)).toBe(true);
});

test.each([
  ['a length of nothing', Uint8Array.of(0, 0)],
  ['a length beyond any query', Uint8Array.of(255, 255)],
])('TCP: %s ends the connection', async (_what, bytes) => {
  const socket = await dial();
  socket.write(bytes);
  expect(await readAll(socket)).toEqual([]);
});

test('TCP: a connection on which nothing moves is closed', async () => {
  await server.stop();
  server = make({}, 100);
  await server.start();
  const socket = await dial();
  socket.write(Uint8Array.of(0));
  expect(await readAll(socket)).toEqual([]);
});

test('TCP: resets hurt nobody', async () => {
  for (let round = 0; round < 50; round++) {
    const socket = await dial();
    socket.write(frame(query('web.service.consul.')));
    socket.resetAndDestroy();
  }
  expect((await ask(query('web.service.consul.'))).rcode).toBe('NOERROR');
});

test('TCP: one client has 128 connections at most', async () => {
  const sockets = await Promise.all(Array.from({ length: 140 }, dial));
  const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  await Promise.race(closed);
  for (const socket of sockets) socket.resume().destroy();
  const socket = await dial();
  socket.end(frame(query('web.service.consul.')));
  expect(await readAll(socket)).toHaveLength(1);
});

test('numbers are those that native-dns knows', () => {
  const { NAME_TO_QTYPE } = nativeDns.consts;
  for (const [name, code] of Object.entries(TYPE)) expect(NAME_TO_QTYPE[name]).toBe(code);
});

test.each(['udp', 'tcp'])('native-dns as a client understands us over %s', async (type) => {
  const { port } = server.bound[0]!;
  const ask = (name: string, recordType: string) =>
    new Promise<nativeDns.Reply>((resolve, reject) => {
      nativeDns
        .Request({
          question: nativeDns.Question({ name, type: recordType }),
          server: { address: '127.0.0.1', port, type },
          timeout: 5000,
          cache: false,
        })
        .on('timeout', () => reject(new Error('timeout')))
        .on('message', (error, reply) => (error ? reject(error) : resolve(reply)))
        .send();
    });
  const addresses = await ask('web.service.consul', 'A');
  expect(addresses.header).toMatchObject({ rcode: 0, aa: 1 });
  expect(addresses.answer.map((record) => record['address']).sort()).toEqual([
    '10.0.0.1',
    '10.0.0.2',
    '10.0.0.3',
  ]);
  const locations = await ask('web.service.consul', 'SRV');
  const targets = locations.answer.map((record) => record['target']);
  expect([...targets].sort()).toEqual([1, 2, 3].map((at) => `n${at}.node.dc1.consul`));
  expect(locations.additional.map((record) => record['name'])).toEqual(targets);
  expect((await ask('nope.service.consul', 'A')).header.rcode).toBe(3);
});
