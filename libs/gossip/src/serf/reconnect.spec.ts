import { chooseReconnect } from './reconnect.ts';

function draws(...values: number[]): () => number {
  return () => values.shift() ?? 0;
}

describe('chooseReconnect', () => {
  it('tries nobody where nobody failed', () => {
    expect(chooseReconnect({ failed: 0, alive: 5 }, draws(0))).toBeUndefined();
  });

  it.each([
    [1, 10, 0.1, 0],
    [1, 10, 0.11, undefined],
    [5, 10, 0.5, 2],
    [5, 10, 0.51, undefined],
    [20, 10, 0.999, 10],
    [1, 0, 0.999, 0],
  ])('%d failed of %d alive, drawn %d: %s', (failed, alive, draw, expected) => {
    expect(chooseReconnect({ failed, alive }, draws(draw, 0.5))).toBe(expected);
  });

  it('chooses among all failed', () => {
    const chosen = [0, 0.34, 0.67, 0.9999].map((draw) =>
      chooseReconnect({ failed: 3, alive: 1 }, draws(0, draw)),
    );
    expect(chosen).toEqual([0, 1, 2, 2]);
  });
});
