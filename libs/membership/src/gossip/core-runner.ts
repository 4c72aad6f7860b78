import { type Clock, MeshError, type Timer, type Timers } from '@mesh/base';
import type {
  GossipAddress,
  GossipOutput,
  GossipReceiver,
  GossipTransport,
  PushPullMessage,
  Serf,
  SerfEvent,
  StreamResult,
} from '@mesh/gossip';

/** A timer that waits longer wakes for nothing, which costs nothing at this rate, milliseconds. */
const LONGEST_WAIT_MS = 3_600_000;

export interface CoreRunnerOptions {
  readonly core: Serf;
  readonly transport: GossipTransport;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  /** Called for each event, in order; may call back. Must not throw. */
  readonly onEvent: (event: SerfEvent) => void;
  /** Called after each turn of the core. */
  readonly onTurn: () => void;
  /** Called when a join got an answer, before the core has judged it. */
  readonly onJoinAnswer?: (to: GossipAddress, message: PushPullMessage) => void;
}

/** Runs a gossip core: gives it the time and what arrives, sends what it wants sent. One timer, one turn at a time. */
export class CoreRunner {
  private readonly options: CoreRunnerOptions;
  private isRunning = false;
  private isPumping = false;
  private timer: Timer | undefined;
  private armedAtMs = 0;

  constructor(options: CoreRunnerOptions) {
    this.options = options;
  }

  /** Listens and begins. Rejects with MeshError when it cannot listen. */
  async start(): Promise<void> {
    const { core, transport } = this.options;
    await transport.start(this.receiver());
    this.isRunning = true;
    this.call((nowMs) => core.start(nowMs));
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.timer?.cancel();
    this.timer = undefined;
    await this.options.transport.stop();
  }

  /** Asks the core for something, and carries out what follows from it. Throws what the work throws. */
  call<T>(work: (nowMs: number) => T): T {
    try {
      return work(this.nowMs());
    } finally {
      this.pump();
    }
  }

  private receiver(): GossipReceiver {
    const { core } = this.options;
    return {
      packet: (bytes, from) => {
        if (this.isRunning) this.call((nowMs) => core.receivePacket(bytes, from, nowMs));
      },
      stream: (message, from) =>
        this.isRunning ? this.call((nowMs) => core.receiveStream(message, from, nowMs)) : undefined,
    };
  }

  /** Sends what the core wants sent, tells what it tells, until there is nothing more; then waits. */
  private pump(): void {
    // What is called from here may call back; the loop below sees to what comes of it.
    if (this.isPumping) return;
    const { core, onEvent, onTurn } = this.options;
    this.isPumping = true;
    try {
      for (;;) {
        const outputs = core.takeOutputs();
        const events = core.takeEvents();
        if (outputs.length === 0 && events.length === 0) break;
        for (const output of outputs) this.send(output);
        for (const event of events) onEvent(event);
      }
      onTurn();
    } finally {
      this.isPumping = false;
    }
    this.arm();
  }

  private arm(): void {
    if (!this.isRunning) return;
    const { core, timers } = this.options;
    const nowMs = this.nowMs();
    const wantedMs = Math.min(core.nextDeadlineMs(), nowMs + LONGEST_WAIT_MS);
    // A timer that fires too early finds nothing to do: cheaper than a new one for each packet.
    if (this.timer && this.armedAtMs <= wantedMs) return;
    this.timer?.cancel();
    this.armedAtMs = wantedMs;
    this.timer = timers.after(Math.max(0, wantedMs - nowMs), () => {
      this.timer = undefined;
      if (this.isRunning) this.call((dueMs) => core.tick(dueMs));
    });
  }

  private send(output: GossipOutput): void {
    if (!this.isRunning) return;
    const { transport, onJoinAnswer } = this.options;
    if (output.kind === 'packet') {
      transport.sendPacket(output.to, output.bytes);
      return;
    }
    const { id, to, message, timeoutMs, reply } = output;
    transport.exchange(to, message, { timeoutMs, reply }).then(
      (answer) => {
        if (message.kind === 'pushPull' && message.join) onJoinAnswer?.(to, message);
        this.streamDone(id, { reply: answer });
      },
      (thrown) => this.streamDone(id, { error: MeshError.from(thrown).message }),
    );
  }

  private streamDone(id: number, result: StreamResult): void {
    if (this.isRunning) this.call((nowMs) => this.options.core.streamDone(id, result, nowMs));
  }

  private nowMs(): number {
    return this.options.clock.monotonicMs();
  }
}
