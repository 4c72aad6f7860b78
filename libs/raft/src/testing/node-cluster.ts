import {
  type Clock,
  noMetrics,
  silentLogger,
  type Timer,
  type Timers,
  utf8Bytes,
  utf8Text,
} from '@mesh/base';
import type { LogEntry } from '../entry.ts';
import type { Message, SnapshotOffer, SnapshotOutcome } from '../messages.ts';
import { RaftNode } from '../node/raft-node.ts';
import type { RaftLimits } from '../node-options.ts';
import type { StateMachine } from '../state-machine.ts';
import { raftTiming } from '../timing.ts';
import type { Transport, TransportHandler } from '../transport.ts';
import { MemoryDisk } from './memory-disk.ts';

/** A list of texts: what was applied, in order. */
export class TextList implements StateMachine {
  texts: string[] = [];

  apply(entries: readonly LogEntry[]): readonly unknown[] {
    return entries.map(({ kind, data, index }) => {
      if (kind === 'command') this.texts.push(utf8Text(data));
      return index;
    });
  }
  *capture(): Iterable<Uint8Array> {
    yield utf8Bytes(JSON.stringify(this.texts));
  }
  async restore(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    let text = '';
    for await (const chunk of chunks) text += utf8Text(chunk);
    this.texts = JSON.parse(text) as string[];
  }
}

/** Time that passes when told to: clock, timers and deferred callbacks in one. */
class VirtualTime implements Clock, Timers {
  private ms = 1000;
  private queue: { dueMs: number; callback: () => void }[] = [];

  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
  after(delayMs: number, callback: () => void): Timer {
    const item = { dueMs: this.ms + delayMs, callback };
    this.queue.push(item);
    return {
      cancel: () => {
        this.queue = this.queue.filter((other) => other !== item);
      },
    };
  }
  /** Runs all that is due within `ms`, in order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.ms + ms;
    for (;;) {
      await new Promise(setImmediate);
      const next = this.queue
        .filter(({ dueMs }) => dueMs <= endMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.ms = Math.max(this.ms, next.dueMs);
      this.queue = this.queue.filter((other) => other !== next);
      next.callback();
    }
    this.ms = endMs;
  }
}

interface Life {
  readonly node: RaftNode;
  readonly machine: TextList;
  handler: TransportHandler | undefined;
}

/** Several nodes over a network of 1 ms in virtual time. */
export class NodeCluster {
  readonly time = new VirtualTime();
  readonly disks = new Map<string, MemoryDisk>();
  readonly lives = new Map<string, Life>();
  /** Messages that this refuses are lost. */
  passes: (message: { from: string; to: string; kind?: string }) => boolean = () => true;
  readonly limits: Partial<RaftLimits>;
  private seed = 7;

  constructor(limits: Partial<RaftLimits> = {}) {
    this.limits = limits;
  }

  async start(id: string): Promise<RaftNode> {
    const disk = this.disks.get(id) ?? new MemoryDisk();
    this.disks.set(id, disk);
    const machine = new TextList();
    let handler: TransportHandler | undefined;
    const node = new RaftNode({
      serverId: id,
      address: `${id}:8300`,
      logStore: disk,
      snapshots: disk.snapshots,
      machine,
      transport: this.transport((attached) => {
        handler = attached;
        const life = this.lives.get(id);
        if (life) life.handler = attached;
      }),
      platform: { clock: this.time, timers: this.time, random: { float: () => this.float() } },
      timing: raftTiming(1),
      defer: (callback) => this.time.after(0, callback),
      logger: silentLogger,
      metrics: noMetrics,
      limits: this.limits,
    });
    this.lives.set(id, { node, machine, handler });
    await node.start();
    return node;
  }

  /** The process dies: what it holds in memory is gone. */
  crash(id: string): void {
    const life = this.lives.get(id);
    this.lives.delete(id);
    life?.node.stop().catch(() => {});
  }

  node(id: string): RaftNode {
    return this.lives.get(id)!.node;
  }

  texts(id: string): readonly string[] {
    return this.lives.get(id)!.machine.texts;
  }

  /** Lets time pass until somebody leads; returns its id. */
  async leader(): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      for (const [id, { node }] of this.lives) if (node.canReadNow()) return id;
      await this.time.advance(50);
    }
    throw new Error('nobody leads');
  }

  async put(id: string, text: string): Promise<unknown> {
    const outcome = this.node(id).propose(utf8Bytes(text));
    outcome.catch(() => {});
    await this.time.advance(20);
    return await outcome;
  }

  private transport(onAttach: (handler: TransportHandler) => void): Transport {
    return {
      attach: onAttach,
      setPeers: () => {},
      send: (message: Message) => {
        if (!this.passes(message)) return;
        this.time.after(1, () => this.lives.get(message.to)?.handler?.receive(message));
      },
      sendSnapshot: async (
        offer: SnapshotOffer,
        chunks: AsyncIterable<Uint8Array>,
      ): Promise<SnapshotOutcome> => {
        const target = this.lives.get(offer.to)?.handler;
        if (!target || !this.passes({ ...offer, kind: 'snapshot' })) throw new Error('not reached');
        return await target.receiveSnapshot(offer, chunks);
      },
    };
  }

  private float(): number {
    this.seed = (Math.imul(this.seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return this.seed / 0x80000000;
  }
}
