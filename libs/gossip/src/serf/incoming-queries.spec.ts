import { IncomingQueries, type OpenQuery } from './incoming-queries.ts';

const QUERY: OpenQuery = {
  name: 'load',
  payload: new Uint8Array(),
  lamportTime: 1,
  id: 2,
  sourceNode: 'a',
  host: '10.0.0.1',
  port: 7946,
  relayFactor: 0,
  deadlineMs: 1000,
};

describe('IncomingQueries', () => {
  it('gives a query until it is closed', () => {
    const queries = new IncomingQueries();
    const token = queries.add(QUERY);
    expect(queries.get(token, 1000)).toBe(QUERY);
    queries.close(token);
    expect(() => queries.get(token, 1000)).toThrow('answered already');
  });

  it('gives none past its deadline', () => {
    const queries = new IncomingQueries();
    const token = queries.add(QUERY);
    expect(() => queries.get(token, 1001)).toThrow('response is past the deadline');
  });

  it('gives each its own token', () => {
    const queries = new IncomingQueries();
    expect(queries.add(QUERY)).not.toBe(queries.add(QUERY));
  });

  it('drops what nobody can answer any more', () => {
    const queries = new IncomingQueries();
    queries.add(QUERY);
    queries.add({ ...QUERY, deadlineMs: 3000 });
    queries.expire(2000);
    expect(queries.size).toBe(1);
  });

  it('keeps 1024, the newest', () => {
    const queries = new IncomingQueries();
    const tokens = Array.from({ length: 1030 }, () => queries.add(QUERY));
    expect(queries.size).toBe(1024);
    expect(() => queries.get(tokens[5] ?? 0, 0)).toThrow();
    expect(queries.get(tokens[6] ?? 0, 0)).toBe(QUERY);
  });
});
