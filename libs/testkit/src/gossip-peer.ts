import { noMetrics, silentLogger, type Timer, utf8Bytes, utf8Text } from '@mesh/base';
import {
  DEV_CONFIG,
  type GossipAddress,
  type QueryParams,
  SERF_STATUS,
  SerfCore,
  type SerfEvent,
} from '@mesh/gossip';
import { type Keyring, NodeGossipTransport } from '@mesh/gossip-transport';
import { freePorts, until } from './agent-process.ts';

export interface GossipPeerOptions {
  readonly name: string;
  /** Loopback, IPv4 or IPv6. @default '127.0.0.1' */
  readonly host?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly keyring?: Keyring | undefined;
  readonly compression: boolean;
  /** Name of a query -> its answer to a payload. */
  readonly answers?: Readonly<Record<string, (payload: string) => string>>;
}

/** What came of a query. */
export interface QueryOutcome {
  readonly acks: readonly string[];
  readonly responses: Readonly<Record<string, string>>;
}

const TIMERS = {
  after(delayMs: number, callback: () => void): Timer {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const CLOCK = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** A member of a pool in the test's own process: the real core and the real transport, nothing around them. */
export class GossipPeer {
  readonly address: GossipAddress;
  readonly core: SerfCore;
  /** All since the start. */
  readonly events: SerfEvent[] = [];
  private readonly options: GossipPeerOptions;
  private readonly transport: NodeGossipTransport;
  private timer: Timer | undefined;
  private isRunning = false;

  private constructor(options: GossipPeerOptions, port: number) {
    const { name, host = '127.0.0.1', tags = {}, keyring, compression } = options;
    this.options = options;
    this.address = { host, port };
    this.transport = new NodeGossipTransport({
      ...{ bindAddress: host, port, verifyIncoming: true, verifyOutgoing: true },
      ...{ compression, logger: silentLogger, metrics: noMetrics, timers: TIMERS, clock: CLOCK },
      ...(keyring && { keyring }),
    });
    this.core = new SerfCore({
      ...{ name, tags, address: this.address, protocol: 5 },
      config: { ...DEV_CONFIG, compression, leavePropagateMs: 500 },
      rules: { vetoMerge: () => undefined, vetoAlive: () => undefined },
      ...(keyring && { keys: keyring }),
      random: { float: () => Math.random() },
      ...{ logger: silentLogger, metrics: noMetrics },
      packetOverheadBytes: () => this.transport.packetOverheadBytes(),
    });
  }

  /** Runs until `leave` or `stop`. */
  static async start(options: GossipPeerOptions): Promise<GossipPeer> {
    const [port] = await freePorts(1);
    const peer = new GossipPeer(options, port!);
    await peer.transport.start({
      packet: (bytes, from) => {
        peer.call((nowMs) => peer.core.receivePacket(bytes, from, nowMs));
      },
      stream: (message, from) =>
        peer.call((nowMs) => peer.core.receiveStream(message, from, nowMs)),
    });
    peer.isRunning = true;
    peer.call((nowMs) => peer.core.start(nowMs));
    return peer;
  }

  /** Joins whoever is at a port of this host. Rejects with what went wrong. */
  async join(port: number): Promise<void> {
    const to = { host: this.address.host, port };
    const id = this.call((nowMs) => this.core.join(to, false, nowMs));
    const done = await until('the join', () =>
      this.events.find((event) => event.kind === 'join-done' && event.id === id),
    );
    if (done.kind === 'join-done' && done.error !== undefined) throw new Error(done.error);
  }

  fire(name: string, payload: string): void {
    this.call((nowMs) => this.core.userEvent(name, utf8Bytes(payload), false, nowMs));
  }

  setTags(tags: Readonly<Record<string, string>>): void {
    this.call((nowMs) => this.core.setTags(tags, nowMs));
  }

  /** `NAME payload` of each user event, in order. */
  userEvents(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'user-event' ? [`${event.name} ${utf8Text(event.payload)}`] : [],
    );
  }

  /** Asks the pool and waits for the end of the query. */
  async query(params: QueryParams): Promise<QueryOutcome> {
    const { id } = this.call((nowMs) => this.core.query(params, nowMs));
    await until('the end of the query', () =>
      this.events.some((event) => event.kind === 'query-done' && event.id === id),
    );
    const acks: string[] = [];
    const responses: Record<string, string> = {};
    for (const event of this.events) {
      if (event.kind === 'query-ack' && event.id === id) acks.push(event.from);
      if (event.kind !== 'query-response' || event.id !== id) continue;
      responses[event.from] = Buffer.from(event.payload).toString('latin1');
    }
    return { acks: acks.sort(), responses };
  }

  /** Of its keyring, base64, primary first. */
  keys(): readonly string[] {
    return this.options.keyring?.keys() ?? [];
  }

  /** Of a member by name; undefined where there is none. */
  statusOf(name: string): keyof typeof SERF_STATUS | undefined {
    const status = this.core.member(name)?.status;
    const names = Object.keys(SERF_STATUS) as (keyof typeof SERF_STATUS)[];
    return names.find((each) => SERF_STATUS[each] === status);
  }

  async leave(): Promise<void> {
    this.call((nowMs) => this.core.leave(nowMs));
    await until('the leave', () => this.events.some(({ kind }) => kind === 'leave-done'));
    await this.stop();
  }

  /** Falls silent at once, as a killed process does. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.timer?.cancel();
    await this.transport.stop();
  }

  private call<T>(work: (nowMs: number) => T): T {
    try {
      return work(CLOCK.monotonicMs());
    } finally {
      this.drain();
    }
  }

  private drain(): void {
    const { core, transport } = this;
    for (const output of core.takeOutputs()) {
      if (!this.isRunning) continue;
      if (output.kind === 'packet') {
        transport.sendPacket(output.to, output.bytes);
        continue;
      }
      const { id, to, message, timeoutMs, reply } = output;
      transport.exchange(to, message, { timeoutMs, reply }).then(
        (answer) => this.call((nowMs) => core.streamDone(id, { reply: answer }, nowMs)),
        (error) => this.call((nowMs) => core.streamDone(id, { error: error.message }, nowMs)),
      );
    }
    for (const event of core.takeEvents()) {
      this.events.push(event);
      if (event.kind === 'query') this.answer(event.query);
    }
    this.timer?.cancel();
    const waitMs = core.nextDeadlineMs() - CLOCK.monotonicMs();
    if (!this.isRunning || waitMs === Number.POSITIVE_INFINITY) return;
    this.timer = TIMERS.after(Math.max(0, waitMs), () => {
      this.call((nowMs) => core.tick(nowMs));
    });
  }

  private answer(query: Extract<SerfEvent, { kind: 'query' }>['query']): void {
    const answer = this.options.answers?.[query.name]?.(utf8Text(query.payload));
    if (answer === undefined) return;
    this.call((nowMs) => this.core.respond(query.token, utf8Bytes(answer), nowMs));
  }
}
