import {
  type DnsRecord,
  describeMessage,
  EMPTY_RESOLUTION,
  type EncodeOptions,
  encodeQuery,
  encodeReply,
  parseQuery,
  RCODE,
  type Resolution,
  TYPE,
} from './index.ts';

let seed = 1;
const random = {
  float: () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  },
  bytes: () => new Uint8Array(2),
  uuid: () => '',
};

const OPTIONS: EncodeOptions = {
  transport: 'udp',
  authoritative: true,
  recursionAvailable: false,
  compress: true,
  udpAnswerLimit: 3,
  enableTruncate: true,
  random,
};

function query(type: number, udpBytes: number) {
  const bytes = encodeQuery({ id: 7, name: 'many.service.consul.', type, udpBytes })!;
  const parsed = parseQuery(bytes);
  if (parsed.kind !== 'query') throw new Error('not a query');
  return parsed.query;
}

function addresses(count: number): Resolution {
  const groups = Array.from({ length: count }, (_, at) => ({
    answers: [address('many.service.consul.', at)],
    additional: [],
  }));
  return { ...EMPTY_RESOLUTION, groups, shuffle: true };
}

function locations(count: number): Resolution {
  const groups = Array.from({ length: count }, (_, at) => {
    const target = `n${at}.node.dc1.consul.`;
    const location: DnsRecord = {
      type: TYPE.SRV,
      name: 'many.service.consul.',
      ttlS: 0,
      priority: 1,
      weight: 1,
      port: at,
      target,
    };
    const meta: DnsRecord = { type: TYPE.TXT, name: target, ttlS: 0, text: 'k=v' };
    return { answers: [location], additional: [address(target, at), meta] };
  });
  return { ...EMPTY_RESOLUTION, groups, shuffle: true };
}

function address(name: string, at: number): DnsRecord {
  return { type: TYPE.A, name, ttlS: 0, address: Uint8Array.of(10, 0, at >> 8, at & 255) };
}

test('a client limited to 512 bytes gets as many answers as the limit says', () => {
  for (const udpBytes of [0, 100, 512]) {
    const text = describeMessage(encodeReply(query(TYPE.A, udpBytes), addresses(60), OPTIONS));
    expect(text.answer).toHaveLength(3);
    expect(text.flags).toContain('tc');
  }
});

test('the limit is 8 at most, and no answers at all still say that there are some', () => {
  const encode = (udpAnswerLimit: number) =>
    describeMessage(encodeReply(query(TYPE.A, 0), addresses(60), { ...OPTIONS, udpAnswerLimit }));
  expect(encode(100).answer).toHaveLength(8);
  expect(encode(0)).toMatchObject({ answer: [], flags: ['qr', 'aa', 'tc', 'rd'] });
});

test('with EDNS the size counts alone', () => {
  const text = describeMessage(encodeReply(query(TYPE.A, 1232), addresses(60), OPTIONS));
  expect(text.answer).toHaveLength(60);
  expect(text.flags).not.toContain('tc');
  expect(text.ednsUdpBytes).toBe(1232);
});

test.each([512, 600, 1232, 4096, 65_535])('nothing is larger than the %i bytes taken', (size) => {
  for (const resolution of [addresses(1000), locations(1000)]) {
    for (const compress of [true, false]) {
      const reply = encodeReply(query(TYPE.SRV, size), resolution, { ...OPTIONS, compress });
      expect(reply.length).toBeLessThanOrEqual(size);
      const text = describeMessage(reply);
      expect(text.answer.length).toBeGreaterThan(0);
      expect(text.flags.includes('tc')).toBe(text.answer.length < 1000);
    }
  }
});

test('TC is set only where truncation is enabled', () => {
  const options = { ...OPTIONS, enableTruncate: false };
  const text = describeMessage(encodeReply(query(TYPE.SRV, 1232), locations(60), options));
  expect(text.answer).toHaveLength(21);
  expect(text.flags).not.toContain('tc');
});

test('answers that were left out take their addresses along; metadata goes first', () => {
  const text = describeMessage(encodeReply(query(TYPE.SRV, 1232), locations(60), OPTIONS));
  const targets = text.answer.map((line) => line.split(' ').at(-1));
  expect(text.additional.map((line) => line.split(' ')[0])).toEqual(targets);
  expect(text.additional.every((line) => line.includes(' A '))).toBe(true);
});

test('over TCP a thousand instances are complete', () => {
  const options: EncodeOptions = { ...OPTIONS, transport: 'tcp' };
  const plain = describeMessage(encodeReply(query(TYPE.A, 0), addresses(1000), options));
  expect(plain.answer).toHaveLength(1000);
  const located = describeMessage(encodeReply(query(TYPE.SRV, 0), locations(1000), options));
  expect(located.answer).toHaveLength(1000);
  expect(located.flags).not.toContain('tc');
  expect(new Set(located.answer).size).toBe(1000);
});

test('over TCP what exceeds 64 KiB is cut, and says so', () => {
  const options: EncodeOptions = { ...OPTIONS, transport: 'tcp' };
  const reply = encodeReply(query(TYPE.SRV, 0), locations(3000), options);
  expect(reply.length).toBeLessThanOrEqual(65_535);
  expect(describeMessage(reply).flags).toContain('tc');
});

test('an answer of which nothing fits is empty with TC, enabled or not', () => {
  const text = 'x'.repeat(600);
  const record: DnsRecord = { type: TYPE.TXT, name: 'many.service.consul.', ttlS: 0, text };
  const resolution = { ...EMPTY_RESOLUTION, groups: [{ answers: [record], additional: [] }] };
  const options = { ...OPTIONS, enableTruncate: false };
  expect(describeMessage(encodeReply(query(TYPE.TXT, 0), resolution, options))).toMatchObject({
    answer: [],
    flags: ['qr', 'aa', 'tc', 'rd'],
  });
  const large = describeMessage(encodeReply(query(TYPE.TXT, 1232), resolution, options));
  expect(large.answer).toHaveLength(1);
});

test('additional records beside one answer are given up before the answer', () => {
  const [group] = locations(1).groups;
  const meta = Array.from(
    { length: 40 },
    (_, at): DnsRecord => ({ type: TYPE.TXT, name: 'x.', ttlS: 0, text: `key${at}=value` }),
  );
  const resolution = {
    ...EMPTY_RESOLUTION,
    groups: [{ answers: group!.answers, additional: meta }],
  };
  const reply = encodeReply(query(TYPE.SRV, 0), resolution, OPTIONS);
  expect(reply.length).toBeLessThanOrEqual(512);
  const text = describeMessage(reply);
  expect(text.answer).toHaveLength(1);
  expect(text.additional.length).toBeGreaterThan(5);
});

test('the order is drawn anew each time, and every instance comes first', () => {
  const first = new Set<string>();
  for (let round = 0; round < 200; round++) {
    const text = describeMessage(encodeReply(query(TYPE.A, 0), addresses(10), OPTIONS));
    first.add(text.answer[0]!);
  }
  expect(first.size).toBe(10);
});

test('response codes above 15 go into OPT', () => {
  const resolution = { ...EMPTY_RESOLUTION, rcode: RCODE.BADVERS };
  expect(describeMessage(encodeReply(query(TYPE.A, 1232), resolution, OPTIONS)).rcode).toBe(
    'RCODE16',
  );
});

test('the scope of an answer for all subnets is 0, else the subnet', () => {
  const subnet = { family: 2, sourceBits: 20, address: Uint8Array.of(0x20, 1, 0xd) };
  const bytes = encodeQuery({ id: 1, name: 'a.', type: TYPE.A, udpBytes: 512, subnet })!;
  const parsed = parseQuery(bytes);
  if (parsed.kind !== 'query') throw new Error('not a query');
  const scope = (resolution: Resolution) =>
    describeMessage(encodeReply(parsed.query, resolution, OPTIONS)).clientSubnet;
  expect(scope(EMPTY_RESOLUTION)).toBe('2001:d00::/20/0');
  expect(scope({ ...EMPTY_RESOLUTION, globalScope: false })).toBe('2001:d00::/20/20');
  expect(scope({ ...EMPTY_RESOLUTION, globalScope: false, rcode: RCODE.NXDOMAIN })).toBe(
    '2001:d00::/20/0',
  );
});
