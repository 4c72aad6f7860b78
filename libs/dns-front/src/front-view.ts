import { type Clock, MeshError, type Platform, type Timer } from '@mesh/base';
import type { SourceFreshness, SourceReply } from '@mesh/dns';
import type { QuerySource } from './agent-link.ts';

/** Queries followed at once; an agent takes no more than 1,000 a connection. */
const MAX_FOLLOWED = 900;
/** A query that nobody asked for in this time is no longer followed, milliseconds. */
const IDLE_MS = 600_000;
const SWEEP_MS = 60_000;
/** How long a question waits for the first answer of its query, milliseconds. */
const FIRST_ANSWER_MS = 4000;
/** Oldest entries that are looked at for one that no kept answer stands on. */
const EVICTION_LOOKS = 64;

export interface FrontViewOptions {
  readonly source: QuerySource;
  /** How long what was last known is still told when no agent can confirm it, milliseconds. */
  readonly maxStaleMs: number;
  readonly platform: Platform;
}

/**
 * How a query's answer becomes a value; `status` is 200, 404, or that of a refusal.
 * @throws MeshError unavailable for an answer that tells nothing of the catalog
 */
export type Decode<T> = (status: number, body: unknown) => T;

/**
 * What is known of the catalog: the answers of the queries that somebody asked for lately, each
 * followed, so that reading one is a look into memory. Bounded: what was not asked for the longest
 * time gives way.
 */
export class FrontView {
  private readonly options: FrontViewOptions;
  /** In order of their last use. */
  private readonly entries = new Map<string, Entry>();
  private sweeping: Timer | undefined;

  constructor(options: FrontViewOptions) {
    this.options = options;
  }

  get size(): number {
    return this.entries.size;
  }

  start(): void {
    this.sweeping = this.options.platform.timers.after(SWEEP_MS, () => {
      const oldestMs = this.options.platform.clock.monotonicMs() - IDLE_MS;
      for (const [path, entry] of this.entries) if (entry.isIdle(oldestMs)) this.drop(path);
      this.start();
    });
  }

  stop(): void {
    this.sweeping?.cancel();
    for (const path of [...this.entries.keys()]) this.drop(path);
  }

  /**
   * The value of a query, with what tells when it changes.
   * @throws MeshError unavailable when nothing is known yet, or what is known is older than
   * `maxStaleMs` and no agent confirms it; and what `decode` throws
   */
  async read<T>(path: string, decode: Decode<T>): Promise<SourceReply<T>> {
    const entry = this.entryOf(path, decode as Decode<unknown>);
    const version = (await entry.current(path)) as Version;
    return { value: version.value as T, freshness: version };
  }

  private entryOf(path: string, decode: Decode<unknown>): Entry {
    const { source, maxStaleMs, platform } = this.options;
    const known = this.entries.get(path);
    if (known) this.entries.delete(path);
    else if (this.entries.size >= MAX_FOLLOWED) this.evictOne();
    const entry = known ?? new Entry(decode, maxStaleMs, platform);
    this.entries.set(path, entry);
    entry.usedAtMs = platform.clock.monotonicMs();
    if (!entry.isFollowed) entry.follow(source, path);
    return entry;
  }

  private evictOne(): void {
    let looked = 0;
    let victim: string | undefined;
    for (const [path, entry] of this.entries) {
      victim ??= path;
      if (!entry.isWatched) {
        victim = path;
        break;
      }
      if (++looked >= EVICTION_LOOKS) break;
    }
    if (victim !== undefined) this.drop(victim);
  }

  private drop(path: string): void {
    const entry = this.entries.get(path);
    this.entries.delete(path);
    entry?.end();
  }
}

/** One answer of a query; the right one until the next comes. */
class Version implements SourceFreshness {
  readonly value: unknown;
  private readonly callbacks = new Set<() => void>();
  private readonly isUsable: () => boolean;
  private isLast = true;

  constructor(value: unknown, isUsable: () => boolean) {
    this.value = value;
    this.isUsable = isUsable;
  }

  get isWatched(): boolean {
    return this.callbacks.size > 0;
  }

  isFresh(): boolean {
    return this.isLast && this.isUsable();
  }

  onStale(callback: () => void): () => void {
    if (!this.isLast) {
      callback();
      return () => {};
    }
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  end(): void {
    this.isLast = false;
    const callbacks = [...this.callbacks];
    this.callbacks.clear();
    for (const callback of callbacks) callback();
  }
}

/** A query that is followed. */
class Entry {
  usedAtMs = 0;
  private readonly decode: Decode<unknown>;
  private readonly maxStaleMs: number;
  private readonly clock: Clock;
  private readonly timers: Platform['timers'];
  private version: Version | undefined;
  private waiting = new Set<() => void>();
  /** Since when nobody confirms the last answer. */
  private doubtSinceMs: number | undefined;
  private cancel: (() => void) | undefined;

  constructor(decode: Decode<unknown>, maxStaleMs: number, { clock, timers }: Platform) {
    this.decode = decode;
    this.maxStaleMs = maxStaleMs;
    this.clock = clock;
    this.timers = timers;
  }

  get isFollowed(): boolean {
    return this.cancel !== undefined;
  }

  get isWatched(): boolean {
    return this.version?.isWatched ?? false;
  }

  isIdle(oldestMs: number): boolean {
    return this.usedAtMs < oldestMs && !this.isWatched && this.waiting.size === 0;
  }

  follow(source: QuerySource, path: string): void {
    this.cancel = source.follow(path, {
      onAnswer: (status, body) => this.take(status, body),
      onDoubt: () => this.doubt(),
    });
  }

  end(): void {
    this.cancel?.();
    this.version?.end();
  }

  async current(path: string): Promise<Version> {
    if (!this.version) await this.firstAnswer();
    if (!this.version) throw new MeshError('unavailable', `no agent has answered ${path} yet`);
    if (!this.isUsable()) {
      throw new MeshError('unavailable', `no agent confirms ${path}, and what is known is too old`);
    }
    return this.version;
  }

  private isUsable(): boolean {
    if (this.doubtSinceMs === undefined) return true;
    return this.clock.monotonicMs() - this.doubtSinceMs <= this.maxStaleMs;
  }

  private take(status: number, body: unknown): void {
    let value: unknown;
    try {
      value = this.decode(status, body);
    } catch {
      // What an agent says may be anything. It says nothing of the catalog, so that the last answer is in doubt.
      this.doubt();
      return;
    }
    this.doubtSinceMs = undefined;
    const old = this.version;
    this.version = new Version(value, () => this.isUsable());
    old?.end();
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  private doubt(): void {
    this.doubtSinceMs ??= this.clock.monotonicMs();
  }

  private firstAnswer(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.timers.after(FIRST_ANSWER_MS, () => {
        this.waiting.delete(wake);
        resolve();
      });
      const wake = () => {
        timer.cancel();
        resolve();
      };
      this.waiting.add(wake);
    });
  }
}
