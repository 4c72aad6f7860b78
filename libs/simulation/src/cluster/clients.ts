import { MeshError } from '@mesh/base';
import type { KeyedOperation, KvInput, KvOutput } from '../check/kv-model.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { SimCluster, SimLife } from './cluster.ts';
import { encodeCommand } from './kv-machine.ts';

/** A client gives up on an answer after this, milliseconds. */
const PATIENCE_MS = 4000;
const KEYS = ['k0', 'k1', 'k2'] as const;

/** Errors that say that nothing happened: the operation is no part of the history. */
const CERTAIN = ['no-leader', 'unavailable', 'rate-limited', 'too-large'];

/** Clients that write and read through whichever server they like, one operation at a time each. */
export class Clients {
  /** All operations so far; those under way are added when they end. */
  readonly history: KeyedOperation[] = [];
  /** Writes that were acknowledged. */
  acknowledged = 0;
  reads = 0;
  private stopped = false;
  private running = 0;
  private nextValue = 0;
  private favourite: SimLife | undefined;
  private former: SimLife | undefined;
  private readonly lastSeen = new Map<string, string | undefined>();
  private readonly cluster: SimCluster;
  private readonly random: SeededRandom;

  constructor(cluster: SimCluster, random: SeededRandom) {
    this.cluster = cluster;
    this.random = random;
  }

  start(count: number): void {
    for (let client = 0; client < count; client++) this.next();
  }

  stop(): void {
    this.stopped = true;
  }

  /** No client waits for an answer any more. */
  get isIdle(): boolean {
    return this.running === 0;
  }

  /** One write and one read of every key through a server; true when all were answered. */
  async finalRound(life: SimLife): Promise<boolean> {
    const before = this.acknowledged + this.reads;
    await Promise.all(
      KEYS.flatMap((key) => [
        this.write(life, key, { kind: 'put', value: `v${this.nextValue++}` }),
        this.read(life, key),
      ]),
    );
    return this.acknowledged + this.reads - before === 2 * KEYS.length;
  }

  private next(): void {
    this.cluster.loop.schedule(this.random.between(1, 60), () => {
      if (this.stopped) return;
      if (this.cluster.lives.length === 0) {
        this.next();
        return;
      }
      this.running++;
      this.operate().finally(() => {
        this.running--;
        this.next();
      });
    });
  }

  private operate(): Promise<void> {
    const life = this.chooseLife();
    const key = this.random.pick(KEYS);
    if (this.random.chance(0.5)) return this.read(life, key);
    const value = `v${this.nextValue++}`;
    if (this.random.chance(0.5)) return this.write(life, key, { kind: 'put', value });
    return this.write(life, key, { kind: 'cas', expected: this.lastSeen.get(key), value });
  }

  /** The leader, the one that led before (whom a client may still believe in), or anybody. */
  private chooseLife(): SimLife {
    const leader = this.cluster.leader()?.life;
    if (leader !== this.favourite) {
      this.former = this.favourite;
      this.favourite = leader;
    }
    const { former } = this;
    if (former?.platform.alive && former.isUp && this.random.chance(0.25)) return former;
    if (leader && this.random.chance(0.6)) return leader;
    return this.random.pick(this.cluster.lives).life;
  }

  private write(life: SimLife, key: string, input: KvInput): Promise<void> {
    const invokedAt = this.cluster.loop.nowMs;
    const asked = new Promise<KvOutput>((resolve, reject) => {
      // The process works on it when it gets to it.
      life.platform.schedule(
        this.random.between(0.1, 2),
        () => {
          life.node
            .propose(encodeCommand({ key, input }))
            .then((o) => resolve(o as KvOutput), reject);
        },
        'client',
      );
    });
    return this.patiently(life, asked).then(
      (output) => {
        this.acknowledged++;
        if (input.kind !== 'read' && output.wrote !== false) this.lastSeen.set(key, input.value);
        this.record(key, input, output, invokedAt);
      },
      (error) => {
        if (!CERTAIN.includes(MeshError.from(error).code)) {
          this.record(key, input, undefined, invokedAt);
        }
      },
    );
  }

  private read(life: SimLife, key: string): Promise<void> {
    const invokedAt = this.cluster.loop.nowMs;
    const input: KvInput = { kind: 'read' };
    const { node, machine, platform } = life;
    const mode = this.random.chance(0.5) ? 'lease' : 'quorum';
    const asked = new Promise<KvOutput>((resolve, reject) => {
      platform.schedule(
        this.random.between(0.1, 2),
        () => {
          const answer = () => resolve({ value: machine.get(key) });
          if (mode === 'lease' && node.canReadNow()) answer();
          else node.readIndex(mode).then(answer, reject);
        },
        'client',
      );
    });
    return this.patiently(life, asked).then(
      (output) => {
        this.reads++;
        this.lastSeen.set(key, output.value);
        this.record(key, input, output, invokedAt);
      },
      // A read without an answer says nothing.
      () => {},
    );
  }

  /** Gives up when the server dies, or takes too long: the outcome is not known then. */
  private patiently(life: SimLife, asked: Promise<KvOutput>): Promise<KvOutput> {
    const { loop } = this.cluster;
    return new Promise((resolve, reject) => {
      asked.then(
        (output) => {
          // What a dead process knew, nobody heard.
          if (life.platform.alive) resolve(output);
        },
        (error) => {
          if (life.platform.alive) reject(error);
        },
      );
      const lookAgain = (leftMs: number): void => {
        if (!life.platform.alive || leftMs <= 0) {
          reject(new MeshError('unknown-outcome', 'no answer'));
        } else loop.schedule(100, () => lookAgain(leftMs - 100));
      };
      lookAgain(PATIENCE_MS);
    });
  }

  private record(
    key: string,
    input: KvInput,
    output: KvOutput | undefined,
    invokedAt: number,
  ): void {
    const returnedAt = output ? this.cluster.loop.nowMs : undefined;
    this.history.push({ key, input, output, invokedAt, returnedAt });
  }
}
