import { replicaChange } from './replica.ts';

interface Row {
  readonly id: string;
  readonly value: number;
  readonly index: number;
}

const change = (primary: readonly Row[], local: readonly Row[]) =>
  replicaChange(
    primary,
    local,
    ({ id }) => id,
    ({ id, value }) => ({ id, value }),
  );

describe('what a datacenter has to take over', () => {
  it('is what differs, whatever the indexes, and what is no more', () => {
    const primary = [
      { id: 'same', value: 1, index: 10 },
      { id: 'other', value: 2, index: 11 },
      { id: 'new', value: 3, index: 12 },
    ];
    const local = [
      { id: 'same', value: 1, index: 900 },
      { id: 'other', value: 1, index: 901 },
      { id: 'gone', value: 4, index: 902 },
    ];
    expect(change(primary, local)).toEqual({
      set: [
        { id: 'other', value: 2 },
        { id: 'new', value: 3 },
      ],
      remove: ['gone'],
    });
  });

  it('is nothing where both have the same', () => {
    expect(change([{ id: 'a', value: 1, index: 1 }], [{ id: 'a', value: 1, index: 7 }])).toBe(
      undefined,
    );
    expect(change([], [])).toBe(undefined);
  });
});
