import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { silentLogger } from '@mesh/base';
import {
  describeMessage,
  EMPTY_RESOLUTION,
  encodeQuery,
  encodeReply,
  parseQuery,
  RCODE,
  TYPE,
} from '@mesh/dns';
import { Recursors } from './recursors.ts';
import { realPlatform, testPlatform } from './testing/world.ts';

const { random } = testPlatform();

/** What a pretended recursor does with a query: replies, each a datagram. */
type Behaviour = (query: Buffer) => readonly Uint8Array[];

const open: (Socket | Server)[] = [];

afterEach(async () => {
  await Promise.all(
    open.splice(0).map((one) => new Promise<void>((resolve) => one.close(() => resolve()))),
  );
});

async function recursor(behaviour: Behaviour, overTcp?: Behaviour): Promise<string> {
  for (;;) {
    const socket = createSocket('udp4');
    socket.on('message', (query, client) => {
      for (const reply of behaviour(query)) socket.send(reply, client.port, client.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    open.push(socket);
    // The port may be taken for TCP: then another one.
    if (!overTcp || (await listenOverTcp(port, overTcp))) return `127.0.0.1:${port}`;
  }
}

function listenOverTcp(port: number, behaviour: Behaviour): Promise<boolean> {
  const server = createServer((connection) => {
    connection.on('data', (frame) => {
      for (const reply of behaviour(frame.subarray(2))) {
        connection.write(Uint8Array.of(reply.length >> 8, reply.length & 255));
        connection.write(reply);
      }
    });
    connection.on('error', () => {});
  });
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      open.push(server);
      resolve(true);
    });
  });
}

function answering(
  count: number,
  options: { rcode?: number; truncated?: boolean; name?: string; id?: number } = {},
): Behaviour {
  return (bytes) => {
    const parsed = parseQuery(bytes);
    if (parsed.kind !== 'query') return [];
    const groups = Array.from({ length: count }, (_, at) => ({
      answers: [
        {
          type: TYPE.A,
          name: parsed.query.question.name,
          ttlS: 60,
          address: Uint8Array.of(192, 0, 2, at),
        },
      ],
      additional: [],
    }));
    const query = options.id === undefined ? parsed.query : { ...parsed.query, id: options.id };
    const reply = encodeReply(
      query,
      { ...EMPTY_RESOLUTION, groups, rcode: options.rcode ?? RCODE.NOERROR },
      {
        transport: 'tcp',
        authoritative: false,
        recursionAvailable: true,
        compress: true,
        udpAnswerLimit: 3,
        enableTruncate: true,
        random,
      },
    );
    if (options.truncated) reply[2]! |= 0x02;
    return [reply];
  };
}

const silent: Behaviour = () => [];

function recursors(addresses: readonly string[], timeoutMs = 300): Recursors {
  return new Recursors({ addresses, timeoutMs, platform: realPlatform(), logger: silentLogger });
}

const MESSAGE = encodeQuery({ id: 77, name: 'Example.com.', type: TYPE.A, udpBytes: 0 })!;

async function forward(addresses: readonly string[], transport: 'udp' | 'tcp' = 'udp') {
  const parsed = parseQuery(MESSAGE);
  if (parsed.kind !== 'query') throw new Error('not a query');
  return describeMessage(await recursors(addresses).forward(MESSAGE, parsed.query, transport));
}

test('a reply is passed on with the id of the query', async () => {
  const text = await forward([await recursor(answering(1))]);
  expect(text).toMatchObject({ id: 77, flags: ['qr', 'rd', 'ra'] });
  expect(text.answer).toEqual(['Example.com. 60 IN A 192.0.2.0']);
});

test('NXDOMAIN is a reply', async () => {
  const text = await forward([await recursor(answering(0, { rcode: RCODE.NXDOMAIN }))]);
  expect(text.rcode).toBe('NXDOMAIN');
});

test('recursors are asked in turn until one answers', async () => {
  const [mute, refusing, good] = await Promise.all([
    recursor(silent),
    recursor(answering(0, { rcode: RCODE.REFUSED })),
    recursor(answering(2)),
  ]);
  expect((await forward([mute, '127.0.0.1:1', refusing, good])).answer).toHaveLength(2);
});

test('when all fail it rejects', async () => {
  const refusing = await recursor(answering(0, { rcode: RCODE.SERVFAIL }));
  await expect(forward([refusing, '127.0.0.1:1'])).rejects.toThrow('all recursors failed');
});

test('forged replies are ignored: other ids, other questions, no replies at all', async () => {
  const real = answering(1);
  const address = await recursor((query) => {
    const wrongId = Buffer.from(query);
    wrongId[0]! ^= 0xff;
    const other = encodeQuery({
      id: query.readUInt16BE(0),
      name: 'example.org.',
      type: TYPE.A,
      udpBytes: 0,
    })!;
    return [
      ...answering(5)(wrongId),
      ...answering(5)(Buffer.from(other)),
      query,
      Buffer.from('rubbish'),
      ...real(query),
    ];
  });
  expect((await forward([address])).answer).toHaveLength(1);
});

test('a truncated reply is asked for again over TCP', async () => {
  const address = await recursor(answering(0, { truncated: true }), answering(20));
  const text = await forward([address]);
  expect(text.answer).toHaveLength(20);
  expect(text.flags).not.toContain('tc');
});

test('what a UDP client cannot take becomes TC, a TCP client gets all', async () => {
  const address = await recursor(answering(0, { truncated: true }), answering(200));
  expect(await forward([address])).toMatchObject({
    answer: [],
    question: ['Example.com. IN A'],
    flags: ['qr', 'tc', 'rd', 'ra'],
  });
  expect((await forward([address], 'tcp')).answer).toHaveLength(200);
});

test('a truncated reply stands when TCP fails', async () => {
  const address = await recursor(answering(1, { truncated: true }));
  expect((await forward([address])).flags).toContain('tc');
});

test('targets are looked up, and nothing is made of failures', async () => {
  const good = recursors([await recursor(answering(2))]);
  expect(await good.lookup('db.example.com.', TYPE.A)).toHaveLength(2);
  expect(await recursors(['127.0.0.1:1']).lookup('db.example.com.', TYPE.A)).toEqual([]);
  expect(await good.lookup('a..b.', TYPE.A)).toEqual([]);
});

test('too many at once are refused, and stopping ends those under way', async () => {
  const all = recursors([await recursor(silent)], 60_000);
  const under = Array.from({ length: 512 }, () => all.lookup('a.', TYPE.A));
  const parsed = parseQuery(MESSAGE);
  if (parsed.kind !== 'query') throw new Error('not a query');
  await expect(all.forward(MESSAGE, parsed.query, 'udp')).rejects.toThrow('under way');
  all.stop();
  expect((await Promise.all(under)).every((records) => records.length === 0)).toBe(true);
});

test.each(['8.8.8.8', '8.8.8.8:5353', '[::1]:53', '::1', '[fd00::1]'])('accepts %s', (address) => {
  expect(recursors([address]).addresses).toHaveLength(1);
});

test.each(['example.com', '8.8.8.8:0', '8.8.8.8:65536', '', '[8.8.8.8', '1.2.3'])(
  'refuses %j and names it',
  (address) => {
    expect(() => recursors([address])).toThrow(`recursor "${address}"`);
  },
);
