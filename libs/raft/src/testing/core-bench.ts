import type { Configuration } from '../configuration.ts';
import type { CoreEvent } from '../core/core-event.ts';
import { RaftCore, type Ready } from '../core/raft-core.ts';
import type { LogEntry } from '../entry.ts';
import type { Message } from '../messages.ts';
import { DEFAULT_LIMITS } from '../node/limits.ts';
import { raftTiming } from '../timing.ts';
import { MemoryDisk } from './memory-disk.ts';

/** Voters of these names. */
export function votersOf(...ids: string[]): Configuration {
  return {
    servers: ids.map((id) => ({ id, address: `${id}:8300`, suffrage: 'voter' })),
  };
}

/** An entry whose data is its name. */
export function entryOf(index: number, term: number, text = `e${index}`): LogEntry {
  return { index, term, kind: 'command', data: new TextEncoder().encode(text) };
}

type Fields<K extends Message['kind']> = Partial<Omit<Extract<Message, { kind: K }>, 'kind'>>;

/** One core on a bench: messages are handed in by name, what comes out is collected. */
export class CoreBench {
  readonly disk = new MemoryDisk();
  readonly core: RaftCore;
  readonly sent: Message[] = [];
  readonly events: CoreEvent[] = [];
  readonly answers: { id: number; index: number }[] = [];
  readonly snapshotsWanted: string[] = [];
  /** False holds writes back, as a slow disk does. */
  isDiskQuick = true;
  nowMs = 10_000;
  private held: Ready['write'];

  /** A server named `a` with this log; its configuration is entry 1 or as given. */
  constructor(
    parts: {
      readonly term?: number;
      readonly votedFor?: string;
      readonly commitIndex?: number;
      readonly entries?: readonly LogEntry[];
      readonly configuration?: Configuration;
      readonly random?: () => number;
    } = {},
  ) {
    const { term = 0, votedFor = '', commitIndex = 0, entries = [] } = parts;
    this.disk.hardState = { term, votedFor, commitIndex };
    this.disk.entries = [...entries];
    const configuration = parts.configuration ?? votersOf('a', 'b', 'c');
    this.core = new RaftCore({
      id: 'a',
      timing: raftTiming(1),
      random: { float: parts.random ?? (() => 0.5) },
      limits: { ...DEFAULT_LIMITS, maxBatchEntries: 4, maxInflightAppends: 3 },
      store: this.disk,
      stored: { hardState: this.disk.hardState, base: this.disk.base, lastIndex: entries.length },
      snapshot: { index: 0, term: 0, configuration, configurationIndex: 0 },
      nowMs: this.nowMs,
    });
  }

  /** Hands in a message from `b` unless it says otherwise, and does what is asked for. */
  async receive<K extends Message['kind']>(kind: K, fields: Fields<K>): Promise<void> {
    const message = { kind, from: 'b', to: 'a', term: this.core.term, ...fields };
    this.core.step(message as unknown as Message, this.nowMs);
    await this.settle();
  }

  /** Lets time pass, in steps of 10 ms. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + 10);
      if (this.core.nextDeadlineMs <= this.nowMs) this.core.tick(this.nowMs);
      await this.settle();
    }
  }

  async propose(...texts: string[]): Promise<void> {
    this.core.propose(
      texts.map((text) => new TextEncoder().encode(text)),
      this.nowMs,
    );
    await this.settle();
  }

  /** Does all that the core asks for. */
  async settle(): Promise<void> {
    for (let again = true; again; ) {
      const ready = this.core.ready(this.nowMs, true);
      this.sent.push(...ready.messages);
      this.events.push(...ready.events);
      this.answers.push(...ready.answers);
      this.snapshotsWanted.push(...ready.snapshotsWanted);
      again = ready.write !== undefined;
      if (!ready.write) continue;
      this.held = ready.write;
      if (!this.isDiskQuick) return;
      await this.finishWrite();
    }
  }

  /** The disk is done with the write under way. */
  async finishWrite(): Promise<void> {
    const write = this.held!;
    this.held = undefined;
    await this.disk.write(write);
    this.core.stored(this.nowMs);
    if (!this.isDiskQuick) await this.settle();
  }

  /** What was sent since the last call, of a kind. */
  take<K extends Message['kind']>(kind: K): Extract<Message, { kind: K }>[] {
    const found = this.sent.filter((message) => message.kind === kind);
    this.sent.length = 0;
    return found as Extract<Message, { kind: K }>[];
  }

  /** Wins an election with the vote of `b`, whose log is empty but for what `a` sends. */
  async lead(): Promise<void> {
    await this.pass(2100);
    await this.receive('vote-response', {
      preVote: true,
      granted: true,
      term: this.core.term + 1,
    });
    await this.receive('vote-response', { preVote: false, granted: true });
  }

  /** `b` acknowledges all that the leader has, and the heartbeat round under way. */
  async acknowledge(from = 'b'): Promise<void> {
    const index = this.core.log.lastIndex;
    await this.receive('append-response', { from, ok: true, index, hintIndex: 0, hintTerm: 0 });
  }
}
