import type { Probe } from './probe.ts';
import { ProcessSlots } from './process-slots.ts';
import type { CheckResult } from './types.ts';

const PASSING: CheckResult = { status: 'passing', output: '' };

describe('ProcessSlots', () => {
  let began: number[];
  let end: Map<number, () => void>;
  let fail: Map<number, () => void>;
  beforeEach(() => {
    began = [];
    end = new Map();
    fail = new Map();
  });

  /** A probe that runs until told to end. */
  const probe = (id: number): Probe => ({
    type: 'script',
    run: () =>
      new Promise((resolve, reject) => {
        began.push(id);
        end.set(id, () => resolve(PASSING));
        fail.set(id, () => reject(new Error('no')));
      }),
  });
  const settle = () => new Promise(setImmediate);
  const never = new AbortController().signal;

  it('lets so many run at once, the others in order of arrival', async () => {
    const slots = new ProcessSlots(2);
    const runs = [1, 2, 3, 4].map((id) => slots.bounded(probe(id)).run(never));
    await settle();
    expect(began).toEqual([1, 2]);
    end.get(2)!();
    await settle();
    expect(began).toEqual([1, 2, 3]);
    end.get(1)!();
    await settle();
    expect(began).toEqual([1, 2, 3, 4]);
    end.get(3)!();
    end.get(4)!();
    expect(await Promise.all(runs)).toEqual([PASSING, PASSING, PASSING, PASSING]);
  });

  it('has the slot of a run that failed back', async () => {
    const slots = new ProcessSlots(1);
    const failing = slots.bounded(probe(1)).run(never);
    void slots.bounded(probe(2)).run(never);
    await settle();
    fail.get(1)!();
    await expect(failing).rejects.toThrow('no');
    await settle();
    expect(began).toEqual([1, 2]);
  });

  it('never runs one that is stopped in line, nor waits for it', async () => {
    const slots = new ProcessSlots(1);
    void slots.bounded(probe(1)).run(never);
    const stop = new AbortController();
    const stopped = slots.bounded(probe(2)).run(stop.signal);
    void slots.bounded(probe(3)).run(never);
    await settle();
    stop.abort();
    expect((await stopped).status).toBe('critical');
    end.get(1)!();
    await settle();
    expect(began).toEqual([1, 3]);
    end.get(3)!();
    await settle();
    void slots.bounded(probe(4)).run(never);
    await settle();
    expect(began).toEqual([1, 3, 4]);
  });

  it('never runs one that was stopped before', async () => {
    const slots = new ProcessSlots(1);
    await slots.bounded(probe(1)).run(AbortSignal.abort());
    expect(began).toEqual([]);
  });
});
