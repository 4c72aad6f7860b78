import type { GossipAddress, GossipOutput, SerfEvent } from '@mesh/gossip';
import type { SeededRandom } from '../../world/seeded-random.ts';
import type { Agenda } from './agenda.ts';
import type { GossipCore } from './gossip-core.ts';

/** Largest time that a timer fires late, milliseconds: shells share coarse timers. */
const TIMER_LATE_MS = 1;
/** What the socket of a process that does not run keeps for it (Linux: net.core.rmem_default). */
const SOCKET_BYTES = 212_992;

export interface LifeOptions {
  readonly name: string;
  readonly address: GossipAddress;
  readonly core: GossipCore;
  readonly agenda: Agenda;
  readonly random: SeededRandom;
  /** The clock of the process: what it shows at first, and how fast it goes. */
  readonly clock: { readonly startMs: number; readonly rate: number };
  /** Sends what the core wants sent. */
  readonly send: (output: GossipOutput) => void;
  /** Told what the core told, one by one; may call it again. */
  readonly onEvent: (event: SerfEvent) => void;
  /** Told after each call of the core, when all that came of it is done. */
  readonly onTurn: () => void;
}

/**
 * One life of a member's process: the shell of a core, with a clock of its own. It may stand still (SIGSTOP, a starved
 * machine): then its timers wait, its socket fills up, and both are worked off when it goes on.
 */
export class Life {
  readonly name: string;
  readonly address: GossipAddress;
  readonly core: GossipCore;
  private readonly options: LifeOptions;
  private readonly bornMs: number;
  private isAlive = true;
  private latestMs: number;
  /** In true time; what is due at any other time has been overtaken. */
  private armedAtMs = Number.POSITIVE_INFINITY;
  private pausedUntilMs = 0;
  private isBehind = false;
  private backlog: (() => void)[] = [];
  private backlogBytes = 0;
  private isWorking = false;

  constructor(options: LifeOptions) {
    this.options = options;
    this.name = options.name;
    this.address = options.address;
    this.core = options.core;
    this.bornMs = options.agenda.nowMs;
    this.latestMs = options.clock.startMs;
  }

  get alive(): boolean {
    return this.isAlive;
  }

  get isPaused(): boolean {
    return this.isAlive && this.options.agenda.nowMs < this.pausedUntilMs;
  }

  /** Calls the core, sees to what comes of it, and arms the timer. */
  act<T>(work: (core: GossipCore, nowMs: number) => T): T {
    const result = work(this.core, this.clockMs());
    this.drain();
    return result;
  }

  /** A datagram of `bytes` arrives; it waits, or is dropped, while the process stands still. */
  packet(bytes: Uint8Array, from: GossipAddress): void {
    if (!this.isAlive) return;
    if (!this.isPaused && this.backlog.length === 0) {
      this.core.receivePacket(bytes, from, this.clockMs());
      this.drain();
      return;
    }
    if (this.backlogBytes + bytes.length > SOCKET_BYTES) return;
    this.backlogBytes += bytes.length;
    this.backlog.push(() => this.act((core, nowMs) => core.receivePacket(bytes, from, nowMs)));
  }

  /** Something else arrives: never dropped, but it waits as well. */
  enter(work: () => void): void {
    if (!this.isAlive) return;
    if (this.isPaused || this.backlog.length > 0) this.backlog.push(work);
    else work();
  }

  /** Nothing of the process runs for so long. */
  pause(ms: number): void {
    const { agenda } = this.options;
    this.pausedUntilMs = Math.max(this.pausedUntilMs, agenda.nowMs + ms);
    agenda.at(this.pausedUntilMs, () => this.resume());
  }

  /** It goes on at once. */
  wake(): void {
    if (!this.isPaused) return;
    this.pausedUntilMs = this.options.agenda.nowMs;
    this.resume();
  }

  /** The process ends without a word. */
  end(): void {
    this.isAlive = false;
    this.backlog = [];
  }

  /** What the clock of the process shows now. */
  clockMs(): number {
    const { agenda, clock } = this.options;
    const nowMs = clock.startMs + (agenda.nowMs - this.bornMs) * clock.rate;
    if (nowMs > this.latestMs) this.latestMs = nowMs;
    return this.latestMs;
  }

  /** Timers come first, then what the sockets hold, as in the loop of the real shell. */
  private resume(): void {
    if (!this.isAlive || this.isPaused) return;
    if (this.isBehind) {
      this.isBehind = false;
      this.act((core, nowMs) => core.tick(nowMs));
    }
    const { backlog } = this;
    this.backlog = [];
    this.backlogBytes = 0;
    for (const work of backlog) if (this.isAlive) work();
  }

  private fire(atMs: number, dueMs: number): void {
    if (!this.isAlive || atMs !== this.armedAtMs) return;
    this.armedAtMs = Number.POSITIVE_INFINITY;
    if (this.isPaused) {
      this.isBehind = true;
      return;
    }
    // Rounding between the clocks must not let it come too early for what it was armed for.
    this.latestMs = Math.max(this.clockMs(), dueMs);
    this.core.tick(this.latestMs);
    this.drain();
  }

  private drain(): void {
    // What is told may lead to another call: the loop below sees to what comes of it.
    if (this.isWorking) return;
    this.isWorking = true;
    const { send, onEvent, onTurn } = this.options;
    for (;;) {
      const outputs = this.core.takeOutputs();
      const events = this.core.takeEvents();
      if (outputs.length === 0 && events.length === 0) break;
      for (const output of outputs) send(output);
      for (const event of events) onEvent(event);
    }
    this.isWorking = false;
    onTurn();
    this.arm();
  }

  private arm(): void {
    const { agenda, clock, random } = this.options;
    const dueMs = this.core.nextDeadlineMs();
    if (!this.isAlive || this.isBehind || dueMs === Number.POSITIVE_INFINITY) return;
    const wantedMs = this.bornMs + (dueMs - clock.startMs) / clock.rate;
    // One that fires too early finds nothing to do and arms again.
    if (this.armedAtMs <= wantedMs) return;
    const atMs = Math.max(agenda.nowMs, wantedMs) + random.float() * TIMER_LATE_MS;
    if (this.armedAtMs <= atMs) return;
    this.armedAtMs = atMs;
    agenda.at(atMs, () => this.fire(atMs, dueMs));
  }
}
