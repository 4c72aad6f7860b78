import { MeshError } from '@mesh/base';
import {
  type Keyrings,
  MEMBER_STATUS,
  type Member,
  type Membership,
  type PoolCoordinates,
  type PoolEvents,
  type ServerRouter,
} from '@mesh/membership';

type Listed = Pick<Membership, 'members' | 'wanMembers' | 'onChange' | 'forceLeave'>;

const PROTOCOLS = {
  ProtocolMin: 1,
  ProtocolMax: 5,
  ProtocolCur: 2,
  DelegateMin: 2,
  DelegateMax: 5,
  DelegateCur: 4,
};

/** A pool whose members are what the test says. */
export class FakeMembership implements Listed {
  /** Names given to forceLeave. */
  readonly forced: string[] = [];
  private list: Member[] = [];
  private readonly listeners = new Set<() => void>();

  members(): readonly Member[] {
    return this.list;
  }

  wanMembers(): readonly Member[] {
    return [];
  }

  /** No other datacenter is known. */
  readonly router: ServerRouter = {
    local: { pick: () => undefined, failed: () => {} },
    remote: () => undefined,
    datacenters: () => ['dc1'],
    localServers: () => [],
    onChange: () => () => {},
  };
  /** Names of the events that were fired. */
  readonly fired: string[] = [];
  readonly events: PoolEvents = {
    fire: (name) => void this.fired.push(name),
    subscribe: () => () => {},
  };
  readonly coordinates: PoolCoordinates = { own: () => undefined, of: () => undefined };
  readonly keyrings: Keyrings = {
    isEncrypted: () => false,
    operate: () => Promise.reject(new MeshError('invalid-argument', 'there is no keyring')),
  };

  async forceLeave(node: string): Promise<void> {
    this.forced.push(node);
    this.mark(node, 'left');
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Adds members or replaces those of the same name, and tells it. */
  set(...members: readonly Member[]): void {
    const names = new Set(members.map(({ Name }) => Name));
    this.list = [...this.list.filter(({ Name }) => !names.has(Name)), ...members];
    this.tell();
  }

  /** Changes the status of a member. */
  mark(name: string, status: keyof typeof MEMBER_STATUS): void {
    const member = this.list.find(({ Name }) => Name === name)!;
    this.set({ ...member, Status: MEMBER_STATUS[status] });
  }

  /** Forgets a member. */
  drop(name: string): void {
    this.list = this.list.filter(({ Name }) => Name !== name);
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** An agent without a server in it. */
export function clientMember(name: string, more: Partial<Member> = {}): Member {
  const Tags = { role: 'node', dc: 'dc1', id: idOf(name), build: '1.8.6:' };
  const Status = MEMBER_STATUS.alive;
  return { Name: name, Addr: '10.0.0.9', Port: 8301, Tags, Status, ...PROTOCOLS, ...more };
}

/** A server at NAME:8300. */
export function testServerMember(
  name: string,
  tags: Readonly<Record<string, string>> = {},
): Member {
  const Tags = {
    role: 'consul',
    dc: 'dc1',
    id: idOf(name),
    port: '8300',
    build: '1.8.6:',
    raft_vsn: '3',
    ...tags,
  };
  return { ...clientMember(name), Addr: name, Tags };
}

/** Node id of a name: ids sort as the names do. */
export function idOf(name: string): string {
  const code = name.charCodeAt(0).toString(16).padStart(8, '0');
  const last = name
    .charCodeAt(name.length - 1)
    .toString(16)
    .padStart(12, '0');
  return `${code}-0000-4000-8000-${last}`;
}
