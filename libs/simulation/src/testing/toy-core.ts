import { type GossipAddress, type GossipOutput, LAN_CONFIG, type SerfEvent } from '@mesh/gossip';
import type { GossipCore } from '../gossip/world/gossip-core.ts';
import { type CoreOptions, PoolWorld, type PoolWorldOptions } from '../gossip/world/pool-world.ts';

/** A core that does what a test says and writes down what it is asked. */
export class ToyCore {
  readonly told: string[] = [];
  outputs: GossipOutput[] = [];
  events: SerfEvent[] = [];
  dueMs = Number.POSITIVE_INFINITY;
  /** Time of each call, by the clock of its process. */
  readonly times: number[] = [];
  onTick: () => void = () => {
    this.dueMs = Number.POSITIVE_INFINITY;
  };
  reply: ReturnType<GossipCore['receiveStream']> = { kind: 'ack', seqNo: 1, payload: undefined };
  readonly options: CoreOptions;
  private joins = 0;

  constructor(options: CoreOptions) {
    this.options = options;
  }

  start(nowMs: number): void {
    this.note('start', nowMs);
  }

  tick(nowMs: number): void {
    this.note('tick', nowMs);
    this.onTick();
  }

  nextDeadlineMs(): number {
    return this.dueMs;
  }

  receivePacket(bytes: Uint8Array, from: GossipAddress, nowMs: number): void {
    this.note(`packet ${bytes.length} from ${from.host}`, nowMs);
  }

  receiveStream(_message: unknown, from: GossipAddress, nowMs: number) {
    this.note(`stream from ${from.host}`, nowMs);
    return this.reply;
  }

  streamDone(id: number, result: object, nowMs: number): void {
    this.note(`done ${id} ${'error' in result ? result.error : 'ok'}`, nowMs);
  }

  takeOutputs(): GossipOutput[] {
    return this.outputs.splice(0);
  }

  takeEvents(): SerfEvent[] {
    return this.events.splice(0);
  }

  join(to: GossipAddress, _ignoreOld: boolean, nowMs: number): number {
    this.note(`join ${to.host}`, nowMs);
    return ++this.joins;
  }

  clocks() {
    return { member: 5, event: 7, query: 9 };
  }

  /** Wants a packet of so many bytes sent. */
  send(host: string, bytes = 10, port = 8301): void {
    this.outputs.push({ kind: 'packet', to: { host, port }, bytes: new Uint8Array(bytes) });
  }

  /** Wants an exchange. */
  exchange(id: number, host: string, timeoutMs = 10_000): void {
    const message = { kind: 'ping', seqNo: 1, node: '' } as const;
    const to = { host, port: 8301 };
    this.outputs.push({ kind: 'stream', id, to, message, timeoutMs, reply: true });
  }

  private note(what: string, nowMs: number): void {
    this.told.push(what);
    this.times.push(nowMs);
  }
}

/** A world of toys: the core of each life by its member's name. */
export function toyWorld(options: Partial<PoolWorldOptions> = {}) {
  const cores = new Map<string, ToyCore>();
  const world = new PoolWorld({
    seed: 1,
    config: LAN_CONFIG,
    geography: { spreadMs: 10, accessMs: 1 },
    weather: { jitterRatio: 0, holdUpRatio: 0 },
    createCore: (coreOptions) => {
      const core = new ToyCore(coreOptions);
      cores.set(coreOptions.name, core);
      return core as unknown as GossipCore;
    },
    ...options,
  });
  const add = () => {
    const member = world.add();
    world.start(member);
    return member;
  };
  /** Lets what a core wants sent go. */
  const stir = (name: string) => world.member(name)!.life!.act(() => {});
  return { world, cores, add, stir, core: (name: string) => cores.get(name)! };
}
