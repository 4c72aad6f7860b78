import { OutgoingQueries, type QueryAnswer } from './outgoing-queries.ts';

const PAYLOAD = new Uint8Array([1]);

function setUp(maxAnswers = 100) {
  const queries = new OutgoingQueries(() => maxAnswers);
  const told: string[] = [];
  const listener = {
    ack: (from: string) => told.push(`ack ${from}`),
    response: (from: string) => told.push(`response ${from}`),
    done: () => told.push('done'),
  };
  queries.add({ id: 77, lamportTime: 5, deadlineMs: 1000, listener });
  const answer = (changes: Partial<QueryAnswer> = {}, nowMs = 0) =>
    queries.answer({ id: 77, lamportTime: 5, from: 'a', payload: PAYLOAD, ...changes }, nowMs);
  return { queries, told, listener, answer };
}

describe('OutgoingQueries', () => {
  it('takes one ack and one response of each member', () => {
    const { answer, told } = setUp();
    expect([answer(), answer()]).toEqual([true, false]);
    expect([answer({ payload: undefined }), answer({ payload: undefined })]).toEqual([true, false]);
    expect(answer({ from: 'b' })).toBe(true);
    expect(told).toEqual(['response a', 'ack a', 'response b']);
  });

  it('takes no answer with another time or id', () => {
    const { answer } = setUp();
    expect([answer({ id: 78 }), answer({ lamportTime: 6 })]).toEqual([false, false]);
  });

  it('ends at the deadline', () => {
    const { queries, answer, told } = setUp();
    expect(queries.nextDeadlineMs()).toBe(1000);
    expect(answer({}, 1000)).toBe(true);
    expect(answer({ from: 'b' }, 1001)).toBe(false);
    queries.expire(999);
    expect(queries.size).toBe(1);
    queries.expire(1000);
    expect([queries.size, told]).toEqual([0, ['response a', 'done']]);
    expect(queries.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('listens to no more names than there can be', () => {
    const { answer } = setUp(2);
    expect(['a', 'b', 'c'].map((from) => answer({ from }))).toEqual([true, true, false]);
  });

  it('refuses to run more than 1024', () => {
    const { queries, listener } = setUp();
    for (let time = 6; queries.size < 1024; time += 1) {
      queries.assertRoom();
      queries.add({ id: time, lamportTime: time, deadlineMs: 1, listener });
    }
    expect(() => queries.assertRoom()).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  });
});
