import type { SnapshotOffer } from '@mesh/raft';
import { type RaftEnd, RaftRig } from '../testing/raft-rig.ts';
import { deferred, until } from '../testing/rpc-rig.ts';

const MIB = 1024 * 1024;

function offer(sizeBytes: number): SnapshotOffer {
  return {
    term: 3,
    from: 'a',
    to: 'b',
    sizeBytes,
    position: {
      index: 10,
      term: 2,
      configurationIndex: 4,
      configuration: { servers: [{ id: 'a', address: 'h:1', suffrage: 'voter' }] },
    },
  };
}

describe('snapshots on the wire', () => {
  let rig: RaftRig;
  let a: RaftEnd;
  let b: RaftEnd;
  const never = new AbortController().signal;
  beforeEach(async () => {
    rig = new RaftRig();
    a = await rig.end('a');
    b = await rig.end('b');
    rig.connect();
  });
  afterEach(() => rig.stop());

  it('carries 50 MB, every byte, and the outcome back', async () => {
    let sum = 0;
    let bytes = 0;
    let seen: SnapshotOffer | undefined;
    b.onSnapshot = async (given, chunks) => {
      seen = given;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        for (let at = 0; at < chunk.length; at += 4096) sum += chunk[at] as number;
      }
      return { term: 9, installed: true };
    };
    async function* chunks() {
      for (let n = 0; n < 50; n += 1) yield Buffer.alloc(MIB, n);
    }
    const outcome = await a.transport.sendSnapshot(offer(50 * MIB), chunks(), never);
    expect(outcome).toEqual({ term: 9, installed: true });
    expect(seen).toEqual(offer(50 * MIB));
    expect(bytes).toBe(50 * MIB);
    expect(sum).toBe((256 * (49 * 50)) / 2);
  });

  it('asks for no more chunks than the other end takes, and stops when told', async () => {
    const hold = deferred();
    let received = 0;
    const gone = deferred<unknown>();
    b.onSnapshot = async (_offer, chunks) => {
      try {
        for await (const chunk of chunks) {
          received += chunk.length;
          await hold.promise;
        }
      } catch (error) {
        gone.resolve(error);
        throw error;
      }
      return { term: 1, installed: true };
    };
    let given = 0;
    let closed = false;
    async function* chunks() {
      try {
        for (;;) {
          given += MIB;
          yield Buffer.alloc(MIB);
        }
      } finally {
        closed = true;
      }
    }
    const controller = new AbortController();
    const sending = a.transport.sendSnapshot(offer(1000 * MIB), chunks(), controller.signal);
    await until(() => received > 0);
    // Nothing more is asked for once buffers on the way are full.
    let before = -1;
    while (before !== given) {
      before = given;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(given).toBeLessThan(10 * MIB);
    controller.abort();
    await expect(sending).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => closed);
    hold.resolve();
    expect(await gone.promise).toMatchObject({ code: 'unavailable' });
  });

  it('gives the error of reading to the sender, and ends the receiver early', async () => {
    const seen = deferred<unknown>();
    b.onSnapshot = async (_offer, chunks) => {
      try {
        for await (const _ of chunks);
      } catch (error) {
        seen.resolve(error);
      }
      return { term: 1, installed: false };
    };
    async function* chunks() {
      yield Buffer.alloc(10);
      throw new Error('bad checksum');
    }
    await expect(a.transport.sendSnapshot(offer(20), chunks(), never)).rejects.toThrow(
      'bad checksum',
    );
    expect(await seen.promise).toMatchObject({ code: 'unavailable' });
  });

  it('refuses more bytes than were offered, and passes on why the receiver could not', async () => {
    b.onSnapshot = async (_offer, chunks) => {
      for await (const _ of chunks);
      return { term: 1, installed: true };
    };
    async function* chunks() {
      yield Buffer.alloc(30);
    }
    await expect(a.transport.sendSnapshot(offer(20), chunks(), never)).rejects.toThrow(
      /longer than its 20 bytes/,
    );
    b.onSnapshot = async () => {
      throw new Error('disk full');
    };
    await expect(a.transport.sendSnapshot(offer(30), chunks(), never)).rejects.toThrow(/disk full/);
    await expect(
      a.transport.sendSnapshot({ ...offer(30), to: 'c' }, chunks(), never),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes an outcome that comes before the end', async () => {
    b.onSnapshot = async () => ({ term: 12, installed: false });
    async function* chunks() {
      for (;;) yield Buffer.alloc(MIB);
    }
    const outcome = await a.transport.sendSnapshot(offer(1000 * MIB), chunks(), never);
    expect(outcome).toEqual({ term: 12, installed: false });
  });

  it('takes two at a time and no more', async () => {
    const hold = deferred();
    let running = 0;
    b.onSnapshot = async () => {
      running += 1;
      await hold.promise;
      return { term: 1, installed: true };
    };
    async function* chunks() {
      yield Buffer.alloc(1);
    }
    const two = [1, 2].map(() => a.transport.sendSnapshot(offer(1), chunks(), never));
    await until(() => running === 2);
    await expect(a.transport.sendSnapshot(offer(1), chunks(), never)).rejects.toThrow(
      /too many snapshots/,
    );
    hold.resolve();
    await Promise.all(two);
    await a.transport.sendSnapshot(offer(1), chunks(), never);
  });

  it('rejects promptly when the receiver stops, and when the sender does', async () => {
    const begun = deferred();
    b.onSnapshot = async (_offer, chunks) => {
      begun.resolve();
      for await (const _ of chunks) await new Promise((resolve) => setTimeout(resolve, 5));
      return { term: 1, installed: true };
    };
    async function* chunks() {
      for (;;) yield Buffer.alloc(MIB);
    }
    const sending = a.transport.sendSnapshot(offer(9999 * MIB), chunks(), never);
    const failed = expect(sending).rejects.toMatchObject({ code: 'unavailable' });
    await begun.promise;
    await b.server.stop();
    await failed;
  });
});
