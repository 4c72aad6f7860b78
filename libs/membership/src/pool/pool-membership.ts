import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { CallClient, CallHandler } from '@mesh/rpc';
import { MEMBER_STATUS, type Member, type Membership } from '../membership.ts';
import { Introductions } from './introductions.ts';
import { type Change, type KnownMember, MemberTable, type Refusal } from './member-table.ts';
import { PeerFile } from './peer-file.ts';
import { poolAddress } from './pool-address.ts';
import { type Departure, decodeDeparture, decodeHello, type Hello } from './pool-messages.ts';

/** Between two hellos to a member, milliseconds. */
const HELLO_MS = 1000;
/** A member that did not answer for so long has failed, milliseconds. */
const SILENCE_MS = 3500;
/** Longest wait for an answer, milliseconds. */
const ANSWER_MS = 2000;
/** A round that comes so late says that this process stood still, not that others failed, milliseconds. */
const LATE_MS = 2000;
/** Conflicts that are told once. */
const MAX_CONFLICTS = 64;
const REFUSALS: Readonly<Record<Refusal, string>> = {
  'name-taken': 'another agent has its name',
  'id-taken': 'another agent has its id',
  'pool-full': 'the pool is full',
  'has-left': 'it has left',
};
const EVENTS: Readonly<Record<Change, string>> = {
  alive: 'serf: EventMemberJoin',
  left: 'serf: EventMemberLeave',
  failed: 'serf: EventMemberFailed',
  forgotten: 'serf: EventMemberReap',
};

export interface PoolOptions {
  /** This agent as the others shall see it. */
  readonly local: Member;
  readonly datacenter: string;
  /** Default port of join addresses, and the one that this agent listens on. */
  readonly port: number;
  /** "" where nothing is kept. */
  readonly dataDir: string;
  /** Finds the others again by what is kept even after a leave. @default false */
  readonly rejoinAfterLeave?: boolean;
  readonly calls: CallClient;
  readonly platform: Platform;
  /** Named agent.server.serf.lan. */
  readonly logger: Logger;
  /** WAN view of this agent; undefined where it is in no WAN pool. */
  readonly wanLocal?: Member;
  stats(): Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The pool of servers that find each other by addresses from flags: each says hello to each other
 * once a second over a connection of its own, and learns of the rest that way. Gossip replaces it
 * where there are many agents.
 */
export class PoolMembership implements Membership, Component {
  readonly name = 'pool';
  private readonly options: PoolOptions;
  private readonly table: MemberTable;
  private readonly file: PeerFile | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly conflicts = new Set<string>();
  private readonly introductions = new Introductions();
  private lastRoundMs = 0;
  private timer: Timer | undefined;
  private hasLeft = false;

  constructor(options: PoolOptions) {
    this.options = options;
    this.table = new MemberTable((member, change) => this.changed(member, change));
    this.file = options.dataDir === '' ? undefined : new PeerFile(options.dataDir);
  }

  /** Serves the other members; for the RPC server on the LAN port. */
  readonly handler: CallHandler = async (method, body) => {
    switch (method) {
      case 'Pool.Hello':
        return this.answerHello(decodeHello(body));
      case 'Pool.Leave':
      case 'Pool.ForceLeave':
        this.depart(decodeDeparture(body));
        return null;
      default:
        throw new MeshError('not-found', `no pool method ${method}`);
    }
  };

  async start(): Promise<void> {
    if (this.timer) return;
    this.lastRoundMs = this.nowMs();
    this.arm();
    const known = this.file?.read(this.options.rejoinAfterLeave ?? false) ?? [];
    for (const address of known) this.greet(address).catch(() => {});
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.file?.settled();
  }

  local(): Member {
    const Status = this.hasLeft ? MEMBER_STATUS.left : MEMBER_STATUS.alive;
    return { ...this.options.local, Status };
  }

  members(): readonly Member[] {
    const others = this.table.all.map(({ member }) => member);
    return [this.local(), ...others].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  wanMembers(): readonly Member[] {
    const { wanLocal } = this.options;
    return wanLocal ? [{ ...wanLocal, Status: this.local().Status }] : [];
  }

  async join(addresses: readonly string[], wan: boolean): Promise<number> {
    if (wan) throw new MeshError('unsupported', 'the WAN pool needs gossip: not in this build');
    if (addresses.length === 0) return 0;
    const results = await Promise.allSettled(
      addresses.map(async (text) => this.greet(poolAddress(text, this.options.port))),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    if (failures.length < results.length) return results.length - failures.length;
    const reasons = failures.map(({ reason }) => MeshError.from(reason).message).join('; ');
    throw new MeshError('unavailable', `Failed to join ${addresses.join(', ')}: ${reasons}`);
  }

  async leave(): Promise<void> {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.remember();
    await this.tellAll('Pool.Leave', this.options.local.Name, false);
  }

  async forceLeave(node: string, prune: boolean): Promise<void> {
    if (node === this.options.local.Name) return;
    if (!this.table.get(node)) {
      throw new MeshError('not-found', `agent: No node found with name '${node}'`);
    }
    this.depart({ name: node, prune });
    await this.tellAll('Pool.ForceLeave', node, prune);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  stats(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const { serf_lan, ...others } = this.options.stats();
    const all = this.members();
    const count = (status: number) => all.filter(({ Status }) => Status === status).length;
    const lan = {
      ...serf_lan,
      failed: String(count(MEMBER_STATUS.failed)),
      left: String(count(MEMBER_STATUS.left)),
      members: String(all.length),
    };
    return { serf_lan: lan, ...others };
  }

  private arm(): void {
    this.timer = this.options.platform.timers.after(HELLO_MS, () => {
      this.arm();
      this.round();
    });
  }

  private round(): void {
    if (this.hasLeft) return;
    const nowMs = this.nowMs();
    const isLate = nowMs - this.lastRoundMs > HELLO_MS + LATE_MS;
    this.lastRoundMs = nowMs;
    if (isLate) this.table.refresh(nowMs);
    for (const { member } of this.table.all) {
      if (member.Status === MEMBER_STATUS.left) continue;
      this.greet(addressOf(member)).then(
        // Another agent may have taken its place: then this one did not answer.
        (from) => isSameAgent(from, member) || this.missed(member.Name),
        () => this.missed(member.Name),
      );
    }
    this.table.reap(nowMs);
  }

  /** Says hello to an address and takes in who answers. Rejects when nobody does, or one who may not. */
  private async greet(address: string): Promise<Member> {
    const { calls } = this.options;
    const settings = { timeoutMs: ANSWER_MS };
    const askedMs = this.nowMs();
    const answer = decodeHello(await calls.call(address, 'Pool.Hello', this.hello(), settings));
    this.takeIn(answer, askedMs);
    return answer.from;
  }

  private hello(): Hello {
    const members = this.table.all
      .map(({ member }) => member)
      .filter(({ Status }) => Status !== MEMBER_STATUS.left);
    return { from: this.local(), members };
  }

  private answerHello(hello: Hello): Hello {
    this.takeIn(hello);
    return this.hello();
  }

  private takeIn({ from, members }: Hello, askedMs?: number): void {
    const { datacenter, local } = this.options;
    if (from.Tags.dc !== datacenter) {
      throw new MeshError(
        'invalid-argument',
        `member ${from.Name} is of datacenter "${from.Tags.dc}", this pool of "${datacenter}"`,
      );
    }
    if (isSameAgent(from, local) && addressOf(from) === addressOf(local)) return;
    if (from.Tags.id === local.Tags.id) throw this.conflict(from, 'id-taken');
    if (from.Name === local.Name) throw this.conflict(from, 'name-taken');
    if (from.Status === MEMBER_STATUS.left) {
      const known = this.table.get(from.Name);
      if (known && isSameAgent(known.member, from)) this.table.left(from.Name, this.nowMs());
      return;
    }
    const refusal = this.table.alive(from, this.nowMs(), askedMs);
    if (refusal === 'has-left') return;
    if (refusal) throw this.conflict(from, refusal);
    this.conflicts.delete(from.Name);
    for (const other of members) this.learn(other);
  }

  /** Says it once: who is refused comes again each second. */
  private conflict({ Name, Addr, Tags }: Member, refusal: Refusal): MeshError {
    const why = REFUSALS[refusal];
    if (!this.conflicts.has(Name) && this.conflicts.size < MAX_CONFLICTS) {
      this.conflicts.add(Name);
      const fields = { name: Name, address: Addr, id: Tags.id, reason: why };
      this.options.logger.error('refused a member', fields);
    }
    return new MeshError('conflict', `member ${Name} is refused: ${why}`);
  }

  /** Greets a member that another one knows; its own answer makes it a member here. */
  private learn(other: Member): void {
    if (this.hasLeft || other.Tags.id === this.options.local.Tags.id) return;
    const known = this.table.get(other.Name);
    if (known && known.member.Status !== MEMBER_STATUS.left) return;
    if (other.Status !== MEMBER_STATUS.alive) return;
    if (!this.introductions.take(addressOf(other), this.nowMs())) return;
    this.greet(addressOf(other)).catch(() => {});
  }

  private missed(name: string): void {
    const known = this.table.get(name);
    if (known?.member.Status !== MEMBER_STATUS.alive) return;
    known.missed++;
    if (!this.hasFailed(known)) return;
    this.table.failed(name, this.nowMs());
  }

  private hasFailed({ heardMs, missed }: KnownMember): boolean {
    return missed >= 2 && this.nowMs() - heardMs >= SILENCE_MS;
  }

  private depart({ name, prune }: Departure): void {
    if (prune) this.table.forget(name);
    else this.table.left(name, this.nowMs());
  }

  private async tellAll(method: string, name: string, prune: boolean): Promise<void> {
    const { calls } = this.options;
    const alive = this.table.all.filter(({ member }) => member.Status === MEMBER_STATUS.alive);
    await Promise.allSettled(
      alive.map(({ member }) =>
        calls.call(addressOf(member), method, { name, prune }, { timeoutMs: ANSWER_MS }),
      ),
    );
  }

  private changed(member: Member, change: Change): void {
    const fields = { name: member.Name, address: member.Addr };
    this.options.logger.info(EVENTS[change], fields);
    this.remember();
    for (const listener of [...this.listeners]) listener();
  }

  /** Those that failed as well: after a partition they are all that a restart could go by. */
  private remember(): void {
    const rows = this.table.all
      .filter(({ member }) => member.Status !== MEMBER_STATUS.left)
      .map(({ member }) => ({ name: member.Name, address: addressOf(member) }));
    this.file?.write(rows, this.hasLeft).catch((error) => {
      this.options.logger.warn('failed to write the member file', { error: String(error) });
    });
  }

  private nowMs(): number {
    return this.options.platform.clock.monotonicMs();
  }
}

function addressOf({ Addr, Port }: Member): string {
  return Addr.includes(':') ? `[${Addr}]:${Port}` : `${Addr}:${Port}`;
}

function isSameAgent(one: Member, other: Member): boolean {
  return one.Name === other.Name && one.Tags.id === other.Tags.id;
}
