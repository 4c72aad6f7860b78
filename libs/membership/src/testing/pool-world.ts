import { type Logger, MeshError, type Platform, silentLogger } from '@mesh/base';
import type { CallClient, CallHandler } from '@mesh/rpc';
import { ManualTimers } from '@mesh/testkit';
import { MEMBER_STATUS, type Member } from '../membership.ts';
import { PoolMembership, type PoolOptions } from '../pool/pool-membership.ts';

/** Gossip port of every member of a test pool. */
export const PORT = 8301;

/** A call that some member made. */
export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly method: string;
}

export interface MemberOptions {
  readonly name?: string;
  readonly id?: string;
  readonly datacenter?: string;
  readonly dataDir?: string;
  readonly rejoinAfterLeave?: boolean;
  readonly logger?: Logger;
}

/** Pools of servers in one process: addresses lead to handlers, time moves when told. */
export class PoolWorld {
  readonly timers = new ManualTimers();
  readonly sent: Sent[] = [];
  private readonly handlers = new Map<string, CallHandler>();
  private readonly cut = new Set<string>();
  private readonly pools: PoolMembership[] = [];

  readonly platform: Platform = {
    clock: { nowMs: () => this.timers.nowMs, monotonicMs: () => this.timers.nowMs },
    random: { float: () => 0.5, bytes: (count) => new Uint8Array(count), uuid: () => '' },
    timers: this.timers,
  };

  /** A member at 10.0.0.N, there and started. */
  async add(host: number, options: MemberOptions = {}): Promise<PoolMembership> {
    const address = `10.0.0.${host}`;
    const pool = new PoolMembership(this.options(address, options));
    this.handlers.set(`${address}:${PORT}`, pool.handler);
    this.pools.push(pool);
    await pool.start();
    await settle();
    return pool;
  }

  /** Puts a handler at an address that no pool answers. */
  serve(host: number, handler: CallHandler): void {
    this.handlers.set(`10.0.0.${host}:${PORT}`, handler);
  }

  /** Ends a member without a word. */
  async crash(host: number, pool: PoolMembership): Promise<void> {
    this.handlers.delete(`10.0.0.${host}:${PORT}`);
    await pool.stop();
  }

  /** Nothing gets to or from the address any more, until `heal`. */
  isolate(host: number): void {
    this.cut.add(`10.0.0.${host}`);
  }

  heal(host: number): void {
    this.cut.delete(`10.0.0.${host}`);
  }

  /** A client as the member at the address has it. */
  calls(from: string): CallClient {
    return {
      call: async (to, method, body) => {
        this.sent.push({ from, to, method });
        const handler = this.handlers.get(to);
        const isCut = this.cut.has(from) || this.cut.has(to.replace(/:\d+$/, ''));
        if (!handler || isCut) throw new MeshError('unavailable', `nobody at ${to}`);
        const context = { remoteAddress: `${from}:1`, signal: new AbortController().signal };
        const answer = await handler(method, structuredClone(body), context);
        return structuredClone(answer);
      },
    };
  }

  async advance(byMs: number): Promise<void> {
    await this.timers.advance(byMs);
    await settle();
  }

  async stop(): Promise<void> {
    for (const pool of this.pools) await pool.stop();
  }

  private options(address: string, options: MemberOptions): PoolOptions {
    const { name = `n${address.split('.')[3]}`, datacenter = 'dc1' } = options;
    return {
      local: testMember(
        name,
        { Addr: address },
        { id: options.id ?? `id-${name}`, dc: datacenter },
      ),
      datacenter,
      port: PORT,
      dataDir: options.dataDir ?? '',
      rejoinAfterLeave: options.rejoinAfterLeave ?? false,
      calls: this.calls(address),
      platform: this.platform,
      logger: options.logger ?? silentLogger,
      stats: () => ({ serf_lan: { members: '1' }, serf_wan: { members: '1' } }),
    };
  }
}

/** A member as it goes over the wire. */
export function testMember(
  name: string,
  fields: Partial<Member> = {},
  tags: Readonly<Record<string, string>> = {},
): Member {
  return {
    Name: name,
    Addr: '10.0.0.1',
    Port: PORT,
    Tags: { id: `id-${name}`, dc: 'dc1', role: 'consul', port: '8300', ...tags },
    Status: MEMBER_STATUS.alive,
    ProtocolMin: 1,
    ProtocolMax: 5,
    ProtocolCur: 2,
    DelegateMin: 2,
    DelegateMax: 5,
    DelegateCur: 4,
    ...fields,
  };
}

/** Names of a pool's members with their status, such as `n1:alive`. */
export function statuses(pool: Pick<PoolMembership, 'members'>): readonly string[] {
  const names = Object.entries(MEMBER_STATUS);
  return pool.members().map(({ Name, Status }) => {
    return `${Name}:${names.find(([, number]) => number === Status)![0]}`;
  });
}

/** Lets calls on the way, and files, come to their end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
