import { type LiveAnswer, LiveSocket, type LiveState, type SocketLike } from './live-socket.ts';

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly said: unknown[] = [];
  isClosed = false;

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  answer(id: string, body: unknown, status = 200): void {
    this.onmessage?.({ data: JSON.stringify({ id, index: 5, status, body }) });
  }
}

const OPEN_MS = 3000;

function world() {
  const sockets: FakeSocket[] = [];
  const states: LiveState[] = [];
  const pauses: { ms: number; run: () => void }[] = [];
  /** How long connections get to open. */
  const openings: { ms: number; run: () => void }[] = [];
  const live = new LiveSocket({
    open: () => {
      sockets.push(new FakeSocket());
      return sockets.at(-1)!;
    },
    onState: (state) => states.push(state),
    after: (ms, run) => {
      const pause = { ms, run };
      const list = ms === OPEN_MS ? openings : pauses;
      list.push(pause);
      return () => {
        const at = list.indexOf(pause);
        if (at >= 0) list.splice(at, 1);
      };
    },
    random: () => 1,
  });
  const answers: LiveAnswer[] = [];
  return {
    live,
    sockets,
    states,
    pauses,
    openings,
    answers,
    take: (answer: LiveAnswer) => answers.push(answer),
  };
}

test('one connection for all; what is asked before it opens is sent when it does', () => {
  const { live, sockets, answers, take } = world();
  live.subscribe('/v1/catalog/nodes', take);
  live.subscribe('/v1/catalog/services', () => {});
  expect(sockets).toHaveLength(1);
  expect(sockets[0]!.said).toEqual([]);
  sockets[0]!.onopen!();
  live.subscribe('/v1/kv/a', () => {});
  expect(sockets[0]!.said).toEqual([
    { id: '0', path: '/v1/catalog/nodes' },
    { id: '1', path: '/v1/catalog/services' },
    { id: '2', path: '/v1/kv/a' },
  ]);
  sockets[0]!.answer('0', ['a']);
  expect(answers).toEqual([{ index: 5, status: 200, body: ['a'] }]);
});

test('what is no longer followed is told, and hears nothing more', () => {
  const { live, sockets, answers, take } = world();
  const stop = live.subscribe('/v1/kv/a', take);
  live.subscribe('/v1/kv/b', () => {});
  sockets[0]!.onopen!();
  stop();
  stop();
  expect(sockets[0]!.said.slice(2)).toEqual([{ id: '0', cancel: true }]);
  sockets[0]!.answer('0', 'late');
  expect(answers).toEqual([]);
});

test('a lost connection is made anew with growing pauses, and everything is asked again', () => {
  const { live, sockets, states, pauses } = world();
  live.subscribe('/v1/kv/a', () => {});
  sockets[0]!.onopen!();
  const waits: number[] = [];
  for (let round = 0; round < 7; round++) {
    sockets.at(-1)!.onclose!();
    waits.push(pauses[0]!.ms);
    pauses.shift()!.run();
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  sockets.at(-1)!.onopen!();
  expect(sockets.at(-1)!.said).toEqual([{ id: '0', path: '/v1/kv/a' }]);
  expect(states.slice(-3)).toEqual(['lost', 'connecting', 'open']);
  sockets.at(-1)!.onclose!();
  expect(pauses[0]!.ms).toBe(250);
});

test('retry does not wait', () => {
  const { live, sockets, pauses } = world();
  live.subscribe('/v1/kv/a', () => {});
  sockets[0]!.onclose!();
  live.retry();
  expect(sockets).toHaveLength(2);
  expect(pauses).toHaveLength(0);
  live.retry();
  expect(sockets).toHaveLength(2);
});

test('an unused connection ends, one that is wanted again does not', () => {
  const { live, sockets, pauses } = world();
  const stop = live.subscribe('/v1/kv/a', () => {});
  sockets[0]!.onopen!();
  stop();
  const again = live.subscribe('/v1/kv/b', () => {});
  pauses.shift()!.run();
  expect(sockets[0]!.isClosed).toBe(false);
  again();
  pauses.shift()!.run();
  expect(sockets[0]!.isClosed).toBe(true);
  live.subscribe('/v1/kv/c', () => {});
  expect(sockets).toHaveLength(2);
});

test('a connection that does not open counts as lost', () => {
  const { live, sockets, states, openings, pauses } = world();
  live.subscribe('/v1/kv/a', () => {});
  openings[0]!.run();
  expect(states).toEqual(['connecting', 'lost']);
  expect(sockets[0]!.isClosed).toBe(true);
  pauses.shift()!.run();
  sockets[1]!.onopen!();
  expect(openings).toHaveLength(1);
  expect(states.at(-1)).toBe('open');
});
