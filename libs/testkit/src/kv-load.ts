import type { HttpAnswer } from './agent-process.ts';
import { type HttpTarget, KeepAliveClient, RequestFailed } from './keep-alive-client.ts';
import { KvHistory, type PendingOperation } from './kv-history.ts';

export interface KvLoadOptions {
  /** Each client starts at one of them, in turn, and goes on to the next when one fails. */
  readonly targets: readonly HttpTarget[];
  /** Clients that each write new keys, one after the other, never twice. @default 3 */
  readonly appenders?: number;
  /** Clients that read, put and cas a few shared keys and record it all. @default 6 */
  readonly contenders?: number;
  /** Shared keys at a time. @default 4 */
  readonly sharedKeys?: number;
  /** Pause of a client between operations, milliseconds; keeps a small machine from being all load. @default 4 */
  readonly pauseMs?: number;
  readonly random?: () => number;
}

/** A time without any acknowledged write. */
export interface WriteGap {
  readonly fromMs: number;
  readonly lengthMs: number;
}

/** Longest wait for an answer, above any hold of the server's, milliseconds. */
const ANSWER_TIMEOUT_MS = 20_000;

let loads = 0;

/**
 * Steady load on the key-value store by several clients, which remember what was acknowledged. Keys are
 * `own/LOAD.PHASE/CLIENT-N` of appenders and `shared/LOAD.PHASE/N` of contenders; LOAD is a number that no
 * other load of this process has.
 */
export class KvLoad {
  readonly history = new KvHistory();
  /** Acknowledged writes of appenders: key to value. */
  readonly acknowledged = new Map<string, string>();
  /** Appenders' writes that were answered with "certainly not written". */
  readonly refused = new Map<string, string>();
  /** Statuses and errors of what failed, with counts. */
  readonly failures = new Map<string, number>();
  private readonly options: KvLoadOptions;
  private readonly random: () => number;
  private readonly ackTimesMs: number[] = [];
  private readonly number = ++loads;
  private phase = 0;
  private sequence = 0;
  private stopped = false;
  private running: Promise<void>[] = [];

  constructor(options: KvLoadOptions) {
    this.options = options;
    this.random = options.random ?? Math.random;
  }

  start(): this {
    const { targets, appenders = 3, contenders = 6 } = this.options;
    for (let at = 0; at < appenders; at++) this.run(rotated(targets, at), 'append');
    for (let at = 0; at < contenders; at++) this.run(rotated(targets, at), 'contend');
    return this;
  }

  /** More contenders, all at one target; they stay there whatever happens. */
  addContenders(count: number, target: HttpTarget): void {
    for (let at = 0; at < count; at++) this.run([target], 'contend');
  }

  /** From now on other keys: keeps the histories of single keys short enough to check. */
  nextPhase(): number {
    return ++this.phase;
  }

  get acks(): number {
    return this.ackTimesMs.length;
  }

  /** Resolves once `count` more writes have been acknowledged from now. */
  async moreAcks(count: number, timeoutMs = 60_000): Promise<void> {
    const wanted = this.acks + count;
    const endMs = performance.now() + timeoutMs;
    while (this.acks < wanted) {
      if (performance.now() > endMs) {
        throw new Error(`${wanted - this.acks} acks missing: ${this.describeFailures()}`);
      }
      await pause(5);
    }
  }

  /** The longest time without an acknowledged write that began or ended in the given time. */
  longestGap(fromMs: number, toMs: number): WriteGap {
    let longest = { fromMs, lengthMs: 0 };
    let before = fromMs;
    for (const ackMs of [...this.ackTimesMs.filter((at) => at > fromMs && at <= toMs), toMs]) {
      if (ackMs - before > longest.lengthMs) longest = { fromMs: before, lengthMs: ackMs - before };
      before = ackMs;
    }
    return longest;
  }

  /** Ends all clients once their present operations are answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
    this.running = [];
  }

  describeFailures(): string {
    return [...this.failures].map(([what, count]) => `${count} x ${what}`).join('; ') || 'none';
  }

  private run(targets: readonly HttpTarget[], does: 'append' | 'contend'): void {
    const client = new Client(this.running.length, targets);
    const loop = async () => {
      while (!this.stopped) {
        await this[does](client);
        await pause(this.options.pauseMs ?? 4);
      }
      client.close();
    };
    this.running.push(loop());
  }

  private async append(client: Client): Promise<void> {
    const key = `own/${this.number}.${this.phase}/${client.id}-${++this.sequence}`;
    const value = `v-${key}`;
    const outcome = await client.send('PUT', `/v1/kv/${key}`, value);
    if (outcome.kind === 'answer' && outcome.answer.text.trim() === 'true') {
      this.acknowledged.set(key, value);
      this.ackTimesMs.push(performance.now());
    } else {
      if (outcome.kind === 'refused') this.refused.set(key, value);
      this.countFailure(outcome);
    }
  }

  private async contend(client: Client): Promise<void> {
    const { sharedKeys = 4 } = this.options;
    const which = Math.floor(this.random() * sharedKeys);
    const key = `shared/${this.number}.${this.phase}/${which}`;
    const kind = this.random();
    if (kind < 0.4) await this.read(client, key);
    else if (kind < 0.7) await this.put(client, key);
    else await this.cas(client, key);
  }

  private async put(client: Client, key: string): Promise<void> {
    const value = this.freshValue(client);
    const pending = this.history.invoke(client.id, key, { kind: 'put', value });
    const outcome = await client.send('PUT', `/v1/kv/${key}`, value);
    this.finishWrite(pending, outcome, () => pending.put());
  }

  private async cas(client: Client, key: string): Promise<void> {
    const seen = await this.read(client, key);
    if (!seen) return;
    const value = this.freshValue(client);
    const { value: expected, index } = seen;
    const pending = this.history.invoke(client.id, key, { kind: 'cas', expected, value });
    const outcome = await client.send('PUT', `/v1/kv/${key}?cas=${index}`, value);
    this.finishWrite(pending, outcome, (wrote) => pending.cas(wrote));
  }

  /** Half of the reads default, half consistent. */
  private async read(client: Client, key: string): Promise<SeenKey | undefined> {
    const mode = this.random() < 0.5 ? '' : '?consistent';
    const pending = this.history.invoke(client.id, key, { kind: 'read' });
    const outcome = await client.send('GET', `/v1/kv/${key}${mode}`);
    if (outcome.kind !== 'answer') {
      pending.unknown();
      this.countFailure(outcome);
      return undefined;
    }
    const seen = seenKey(outcome.answer);
    pending.read(seen.value);
    return seen;
  }

  private finishWrite(
    pending: PendingOperation,
    outcome: Outcome,
    done: (wrote: boolean) => void,
  ): void {
    if (outcome.kind === 'answer') {
      const wrote = outcome.answer.text.trim() === 'true';
      done(wrote);
      if (wrote) this.ackTimesMs.push(performance.now());
      return;
    }
    this.countFailure(outcome);
    if (outcome.kind === 'refused') pending.refused();
    else pending.unknown();
  }

  private countFailure(outcome: Outcome): void {
    const what =
      outcome.kind === 'answer' ? `answer ${outcome.answer.text.slice(0, 80)}` : outcome.why;
    this.failures.set(what, (this.failures.get(what) ?? 0) + 1);
  }

  private freshValue(client: Client): string {
    return `${client.id}-${++this.sequence}`;
  }
}

interface SeenKey {
  readonly value: string | undefined;
  /** ModifyIndex for cas; 0 for no such key. */
  readonly index: number;
}

function seenKey(answer: HttpAnswer): SeenKey {
  if (answer.status === 404) return { value: undefined, index: 0 };
  const [pair] = answer.json<{ Value: string; ModifyIndex: number }[]>();
  return { value: Buffer.from(pair!.Value, 'base64').toString(), index: pair!.ModifyIndex };
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  /** It certainly had no effect. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** One client with a connection to one server at a time. */
class Client {
  readonly id: number;
  private readonly clients: readonly KeepAliveClient[];
  private at = 0;

  constructor(id: number, targets: readonly HttpTarget[]) {
    this.id = id;
    this.clients = targets.map((target) => new KeepAliveClient(target));
  }

  async send(method: string, path: string, body?: string): Promise<Outcome> {
    const outcome = await this.attempt(method, path, body);
    if (outcome.kind !== 'answer') {
      this.at = (this.at + 1) % this.clients.length;
      // Nobody listens: other clients need the machine more than the next attempt does.
      if (outcome.kind === 'refused') await pause(20);
    }
    return outcome;
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  private async attempt(method: string, path: string, body?: string): Promise<Outcome> {
    try {
      const client = this.clients[this.at]!;
      const answer = await client.exchange(method, path, body, ANSWER_TIMEOUT_MS);
      if (answer.status === 200 || answer.status === 404) return { kind: 'answer', answer };
      const why = `${answer.status} ${answer.text.trim().slice(0, 120)}`;
      // The server promises of this answer, and of this one alone, that nothing was proposed.
      return { kind: answer.text.trim() === 'No cluster leader' ? 'refused' : 'unknown', why };
    } catch (error) {
      const failed = error as RequestFailed;
      if (!(failed instanceof RequestFailed)) throw error;
      return { kind: failed.sent ? 'unknown' : 'refused', why: failed.message };
    }
  }
}

/** The same targets with another one first. */
function rotated(targets: readonly HttpTarget[], by: number): readonly HttpTarget[] {
  const at = by % targets.length;
  return [...targets.slice(at), ...targets.slice(0, at)];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
