import { BroadcastQueue } from './broadcast-queue.ts';

const message = (text: string) => new TextEncoder().encode(text);
const texts = (messages: readonly Uint8Array[]) =>
  messages.map((one) => new TextDecoder().decode(one));

describe('BroadcastQueue', () => {
  let nodes = 1;
  const queueOf = (retransmitMult = 4) =>
    new BroadcastQueue({ retransmitMult, nodeCount: () => nodes });
  beforeEach(() => {
    nodes = 1;
  });

  it('sends each as often as the logarithm of the pool wants', () => {
    for (const [count, times] of [
      [1, 4],
      [9, 4],
      [10, 8],
      [99, 8],
      [100, 12],
      [999, 12],
      [1000, 16],
    ] as const) {
      nodes = count;
      const queue = queueOf();
      let done = 0;
      queue.queue(message('m'), undefined, () => done++);
      let sent = 0;
      while (queue.length > 0) sent += queue.take(2, 100).length;
      expect([count, sent, done]).toEqual([count, times, 1]);
    }
  });

  it('takes what was sent least, of that the largest that fits, of equals the newest', () => {
    const queue = queueOf();
    queue.queue(message('aaa'));
    expect(texts(queue.take(2, 100))).toEqual(['aaa']);
    for (const text of ['b1', 'b2', 'ccccc', 'dddd']) queue.queue(message(text));
    // 5+2 and 2+2 fit into 12; 4+2 and the other 2+2 do not any more.
    expect(texts(queue.take(2, 12))).toEqual(['ccccc', 'b2']);
    expect(texts(queue.take(2, 100))).toEqual(['dddd', 'b1', 'ccccc', 'aaa', 'b2']);
  });

  it('a message in place of another with the same key', () => {
    const queue = queueOf();
    const done: string[] = [];
    queue.queue(message('old'), 'x', () => done.push('old'));
    queue.take(2, 100);
    queue.queue(message('new'), 'x', () => done.push('new'));
    expect(done).toEqual(['old']);
    expect(texts(queue.take(2, 100))).toEqual(['new']);
    expect(queue.length).toBe(1);
  });

  it('drops the most often sent when there are too many', () => {
    const queue = queueOf();
    const done: string[] = [];
    for (const text of ['a', 'b']) queue.queue(message(text), text, () => done.push(text));
    queue.take(2, 100);
    for (const text of ['c', 'd']) queue.queue(message(text), text, () => done.push(text));
    queue.prune(3);
    expect(done).toHaveLength(1);
    expect('ab').toContain(done[0]);
    queue.prune(2);
    expect(done.sort()).toEqual(['a', 'b']);
    queue.reset();
    expect([queue.length, done.length]).toEqual([0, 4]);
    expect(queue.take(2, 100)).toEqual([]);
  });

  it('what does not fit waits', () => {
    const queue = queueOf();
    queue.queue(message('x'.repeat(50)));
    expect(queue.take(2, 51)).toEqual([]);
    expect(queue.take(2, 52)).toHaveLength(1);
  });
});
