import { MeshError, silentLogger } from '@mesh/base';
import type { CaRoots } from '@mesh/connect-ca';
import type { ReadReply, Rpc } from '@mesh/resource';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { RootsWatch } from './roots-watch.ts';

type Answer = ReadReply<CaRoots | undefined>;

/** A question under way at the servers. */
interface Question {
  readonly minIndex: number;
  readonly token: string;
  readonly signal: AbortSignal;
  answer(roots: CaRoots | undefined, index: number): void;
  refuse(thrown: unknown): void;
}

/** Resolves when all that waits for nothing but promises is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const trusting = (ActiveRootID: string): CaRoots => ({
  ...{ ActiveRootID, TrustDomain: 'a.consul', Roots: [] },
});

describe('what an agent knows of the authorities', () => {
  let platform: ManualPlatform;
  let questions: Question[];
  let warnings: unknown[];
  let watch: RootsWatch;
  /** Times that listeners were told. */
  let told: number;

  beforeEach(async () => {
    platform = new ManualPlatform();
    questions = [];
    warnings = [];
    told = 0;
    const read = (_endpoint: unknown, _args: unknown, options: Question) =>
      new Promise<Answer>((resolve, reject) => {
        const { minIndex, token, signal } = options;
        const answer = (value: CaRoots | undefined, index: number) =>
          resolve({ value, index } as Answer);
        questions.push({ minIndex, token, signal, answer, refuse: reject });
      });
    const logger = { ...silentLogger, warn: (...words: unknown[]) => warnings.push(words) };
    const rpc = { read } as unknown as Rpc;
    watch = new RootsWatch({ rpc, platform, logger, token: () => 'secret' });
    await watch.start();
    watch.onChange(() => told++);
  });
  afterEach(() => watch.stop());

  /** The answer of the servers to what was asked last, and what follows from it. */
  const answer = async (root: string, index: number) => {
    questions.at(-1)!.answer(trusting(root), index);
    await settled();
    platform.advance(0);
  };
  const refuse = async (message: string) => {
    questions.at(-1)!.refuse(new MeshError('no-leader', message));
    await settled();
  };
  const known = async () => {
    const got = watch.get();
    await answer('first', 5);
    return got;
  };
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => 'an answer',
      (thrown) => MeshError.from(thrown).message,
    );

  it('costs nothing until somebody asks; then one query serves all', async () => {
    platform.advance(3_600_000);
    expect([questions.length, watch.current]).toEqual([0, undefined]);
    const both = Promise.all([watch.get(), watch.get()]);
    await answer('first', 5);
    const state = { roots: trusting('first'), index: 5, fetchedMs: 3_600_000 };
    expect(await both).toEqual([state, state]);
    expect(questions.map(({ minIndex, token }) => [minIndex, token])).toEqual([
      [0, 'secret'],
      [5, 'secret'],
    ]);
    expect(await watch.get()).toEqual(state);
    expect(questions).toHaveLength(2);
  });

  it('tells of another root, and of nothing when a wait ends without one', async () => {
    await known();
    expect(told).toBe(1);
    platform.advance(600_000);
    await answer('first', 5);
    expect([told, watch.current?.fetchedMs]).toEqual([1, 600_000]);
    await answer('second', 9);
    expect([told, watch.current?.roots.ActiveRootID]).toEqual([2, 'second']);
    expect(questions.at(-1)!.minIndex).toBe(9);
  });

  it('follows an index that goes back, as after a restored snapshot', async () => {
    await known();
    await answer('restored', 3);
    expect([told, watch.current?.index]).toEqual([2, 3]);
    expect(questions.at(-1)!.minIndex).toBe(3);
  });

  it('tells no listener that left', async () => {
    let calls = 0;
    const leave = watch.onChange(() => calls++);
    await known();
    leave();
    await answer('second', 9);
    expect([calls, told]).toEqual([1, 2]);
  });

  it('hands on the failure of the first question, and why there is no authority yet', async () => {
    const refused = failureOf(watch.get());
    await refuse('No cluster leader');
    expect(await refused).toBe('No cluster leader');
    const early = failureOf(watch.get());
    questions.at(-1)!.answer(undefined, 2);
    await settled();
    expect(await early).toBe('CA not bootstrapped yet, try again');
  });

  it('asks at once for who comes after a failure, once for many', async () => {
    void failureOf(watch.get());
    await refuse('No cluster leader');
    expect(questions).toHaveLength(1);
    const both = Promise.all([watch.get(), watch.get()]);
    expect(questions).toHaveLength(2);
    await answer('first', 5);
    expect((await both).map(({ index }) => index)).toEqual([5, 5]);
    expect(platform.waiting).toBe(0);
  });

  it('keeps what it knows while servers fail, asks ever less often, and says so', async () => {
    await known();
    const gaps: number[] = [];
    for (let failure = 0; failure < 10; failure++) {
      const before = questions.length;
      await refuse('No cluster leader');
      let waitedMs = 0;
      for (; questions.length === before && waitedMs < 100_000; waitedMs += 125) {
        platform.advance(125);
      }
      gaps.push(waitedMs);
    }
    expect(gaps).toEqual([375, 750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
    expect([told, watch.current?.index, warnings.length]).toEqual([1, 5, 10]);
    await answer('second', 9);
    await refuse('No cluster leader');
    platform.advance(375);
    expect([told, questions.length]).toEqual([2, 14]);
  });

  it('ends with the agent: the question, the timer and who waits for an answer', async () => {
    const waiting = failureOf(watch.get());
    await watch.stop();
    expect(await waiting).toBe('the agent stops');
    expect(questions[0]!.signal.aborted).toBe(true);
    await answer('late', 5);
    expect(await failureOf(watch.get())).toBe('the agent stops');
    expect([watch.current, questions.length, platform.waiting]).toEqual([undefined, 1, 0]);
  });

  it('does not blame an old failure for the end, and starts anew', async () => {
    void failureOf(watch.get());
    await refuse('No cluster leader');
    const waiting = failureOf(watch.get());
    await watch.stop();
    expect(await waiting).toBe('the agent stops');
    expect(platform.waiting).toBe(0);
    await watch.start();
    expect((await known()).index).toBe(5);
  });
});
