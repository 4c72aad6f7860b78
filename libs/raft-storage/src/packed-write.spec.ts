import { LogModel, seededRandom } from '@mesh/testkit';
import { packWrite, unpackWrite } from './packed-write.ts';

describe('packed writes', () => {
  it('come out as they went in', () => {
    const random = seededRandom(3);
    const model = new LogModel();
    for (let round = 0; round < 500; round++) {
      const write = model.randomWrite(random);
      model.apply(write);
      expect(unpackWrite(packWrite(write))).toEqual(
        Object.fromEntries(Object.entries(write).filter(([, value]) => value !== undefined)),
      );
    }
  });

  it('hold large numbers and any id', () => {
    const write = {
      hardState: { term: 2 ** 50, votedFor: 'žluťoučký 🐎', commitIndex: 2 ** 51 },
      base: { index: 2 ** 52, term: 2 ** 50 },
      entries: [],
    };
    expect(unpackWrite(packWrite(write))).toEqual(write);
  });
});
