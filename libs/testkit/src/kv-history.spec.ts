import { KvHistory } from './kv-history.ts';

describe('KvHistory', () => {
  let nowMs = 0;
  const history = () => {
    nowMs = 0;
    return new KvHistory(() => ++nowMs);
  };

  it('holds operations in order of invocation with what they returned', () => {
    const kept = history();
    const put = kept.invoke(1, 'k', { kind: 'put', value: 'a' });
    const read = kept.invoke(2, 'k', { kind: 'read' });
    read.read(undefined);
    put.put();
    kept.invoke(1, 'k', { kind: 'cas', expected: 'a', value: 'b' }).cas(false);
    expect(kept.operations()).toEqual([
      {
        ...{ client: 1, key: 'k', request: { kind: 'put', value: 'a' } },
        ...{ invokedAtMs: 1, returnedAtMs: 4 },
      },
      {
        ...{ client: 2, key: 'k', request: { kind: 'read' }, value: undefined },
        ...{ invokedAtMs: 2, returnedAtMs: 3 },
      },
      {
        ...{ client: 1, key: 'k', request: { kind: 'cas', expected: 'a', value: 'b' } },
        ...{ invokedAtMs: 5, returnedAtMs: 6, wrote: false },
      },
    ]);
  });

  it('an unanswered write may still happen, an unanswered read says nothing, a refusal is nothing', () => {
    const kept = history();
    kept.invoke(1, 'k', { kind: 'put', value: 'a' }).unknown();
    kept.invoke(1, 'k', { kind: 'read' }).unknown();
    kept.invoke(1, 'k', { kind: 'put', value: 'b' }).refused();
    kept.invoke(1, 'k', { kind: 'put', value: 'c' });
    kept.invoke(2, 'k', { kind: 'read' });
    const open = kept.operations();
    expect(open.map(({ request, returnedAtMs }) => [request, returnedAtMs])).toEqual([
      [{ kind: 'put', value: 'a' }, undefined],
      [{ kind: 'put', value: 'c' }, undefined],
    ]);
  });

  it('an operation ends once', () => {
    const pending = history().invoke(1, 'k', { kind: 'read' });
    pending.read('x');
    expect(() => pending.read('x')).toThrow('once');
  });
});
