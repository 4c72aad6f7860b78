import { encodeQuery, encodeRefusal, parseQuery, RCODE, TYPE } from './index.ts';

const QUERY = encodeQuery({
  id: 0x1234,
  name: 'web.service.consul.',
  type: TYPE.A,
  udpBytes: 1232,
})!;

function changed(edit: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = Uint8Array.from(QUERY);
  edit(bytes);
  return bytes;
}

test('reads a query', () => {
  const parsed = parseQuery(QUERY);
  expect(parsed).toMatchObject({
    kind: 'query',
    query: {
      id: 0x1234,
      recursionDesired: true,
      checkingDisabled: false,
      question: { name: 'web.service.consul.', type: TYPE.A, classCode: 1 },
      edns: { udpBytes: 1232, version: 0, subnet: undefined },
    },
  });
});

test('what it keeps is a copy: the datagram may be used again', () => {
  const bytes = Buffer.from(QUERY);
  const parsed = parseQuery(bytes);
  bytes.fill(0);
  expect(parsed.kind === 'query' && parsed.query.questionBytes[0]).toBe(3);
});

test('reads the client subnet', () => {
  const subnet = { family: 1, sourceBits: 24, address: Uint8Array.of(10, 0, 0) };
  const bytes = encodeQuery({ id: 1, name: '.', type: TYPE.NS, udpBytes: 512, subnet })!;
  const parsed = parseQuery(bytes);
  expect(parsed.kind === 'query' && parsed.query.edns?.subnet).toEqual(subnet);
  const bits = bytes.length - 5;
  for (const wrong of [33, 255, 8]) {
    const broken = Uint8Array.from(bytes);
    broken[bits] = wrong;
    expect(parseQuery(broken)).toMatchObject({ kind: 'refuse', rcode: RCODE.FORMERR });
  }
});

test('drops what must not be answered', () => {
  expect(parseQuery(new Uint8Array(0)).kind).toBe('drop');
  expect(parseQuery(QUERY.subarray(0, 11)).kind).toBe('drop');
  // A response.
  expect(parseQuery(changed((bytes) => (bytes[2]! |= 0x80))).kind).toBe('drop');
});

const BROKEN: readonly (readonly [
  what: string,
  edit: (bytes: Uint8Array) => void,
  rcode: number,
])[] = [
  ['no question', (bytes) => (bytes[5] = 0), RCODE.FORMERR],
  ['two questions', (bytes) => (bytes[5] = 2), RCODE.FORMERR],
  ['65,535 questions', (bytes) => bytes.fill(255, 4, 6), RCODE.FORMERR],
  ['many answers', (bytes) => (bytes[7] = 9), RCODE.FORMERR],
  ['records that are not there', (bytes) => (bytes[11] = 2), RCODE.FORMERR],
  ['a question that points at itself', (bytes) => bytes.set([0xc0, 12], 12), RCODE.FORMERR],
  ['another opcode', (bytes) => (bytes[2] = 0x28), RCODE.NOTIMP],
];

test.each(BROKEN)('refuses %s', (_what, edit, rcode) => {
  const parsed = parseQuery(changed(edit));
  expect(parsed).toMatchObject({ kind: 'refuse', id: 0x1234, rcode });
  if (parsed.kind !== 'refuse') return;
  const refusal = encodeRefusal(parsed);
  expect([...refusal.subarray(0, 2)]).toEqual([0x12, 0x34]);
  expect(refusal[2]! & 0x80).toBe(0x80);
  expect(refusal[3]).toBe(rcode);
  expect([...refusal.subarray(4)]).toEqual(Array(8).fill(0));
});

test('two OPT records are one too many', () => {
  const opt = QUERY.subarray(QUERY.length - 11);
  const bytes = new Uint8Array([...QUERY, ...opt]);
  bytes[11] = 2;
  expect(parseQuery(bytes)).toMatchObject({ kind: 'refuse', rcode: RCODE.FORMERR });
});
