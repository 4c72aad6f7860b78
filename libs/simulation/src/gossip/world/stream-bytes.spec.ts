import { encodeStream, type PushPullNode } from '@mesh/gossip';
import { streamBytes } from './stream-bytes.ts';

test('is what a push/pull takes on the wire, nearly', () => {
  const nodes = Array.from(
    { length: 300 },
    (_, at): PushPullNode => ({
      name: `member-${at}`,
      host: `10.0.${at >> 8}.${at & 255}`,
      port: 8301,
      meta: new Uint8Array(at % 3 === 0 ? 0 : 100),
      incarnation: at,
      state: 0,
      versions: [1, 5, 2, 2, 5, 4],
    }),
  );
  const message = { kind: 'pushPull', join: true, nodes, userState: new Uint8Array(700) } as const;
  const encoded = encodeStream(message, false).length;
  expect(Math.abs(streamBytes(message) - encoded) / encoded).toBeLessThan(0.02);
});
