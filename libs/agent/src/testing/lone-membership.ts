import { MeshError } from '@mesh/base';
import {
  MEMBER_STATUS,
  type Member,
  type MemberConfig,
  type Membership,
  memberTags,
} from '@mesh/membership';

/** Versions of the gossip protocols that the original speaks. */
const PROTOCOLS = {
  ProtocolMin: 1,
  ProtocolMax: 5,
  ProtocolCur: 2,
  DelegateMin: 2,
  DelegateMax: 5,
  DelegateCur: 4,
} as const;

/** The pools of an agent that is alone in them. */
export class LoneMembership implements Membership {
  private readonly config: MemberConfig;
  private readonly version: string;
  private hasLeft = false;

  constructor(config: MemberConfig, version: string) {
    this.config = config;
    this.version = version;
  }

  local(): Member {
    const { nodeName, advertiseLan, ports } = this.config;
    return this.member(
      nodeName,
      advertiseLan,
      ports.serfLan,
      memberTags(this.config, this.version),
    );
  }

  members(): readonly Member[] {
    return [this.local()];
  }

  wanMembers(): readonly Member[] {
    const { server, nodeName, datacenter, advertiseWan, ports } = this.config;
    if (!server) return [];
    const { wan_join_port: _port, ...tags } = memberTags(this.config, this.version);
    return [this.member(`${nodeName}.${datacenter}`, advertiseWan, ports.serfWan, tags)];
  }

  /** Joining oneself succeeds, as in the original; nobody else can be reached without gossip. */
  async join(addresses: readonly string[], wan: boolean): Promise<number> {
    const others = addresses.filter((address) => !this.isSelf(address, wan));
    if (others.length === 0) return addresses.length;
    throw new MeshError(
      'unsupported',
      `Failed to join ${others.join(', ')}: gossip is not part of this build, this agent is alone`,
    );
  }

  private isSelf(address: string, wan: boolean): boolean {
    const { bindAddress, advertiseLan, advertiseWan, ports } = this.config;
    const own = wan ? ports.serfWan : ports.serfLan;
    const match = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(address);
    const host = match ? (match[1] ?? match[2] ?? '') : address;
    if (match?.[3] !== undefined && Number(match[3]) !== own) return false;
    return ['localhost', '127.0.0.1', '::1', bindAddress, advertiseLan, advertiseWan].includes(
      host,
    );
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
  }

  /** Nobody comes or goes. */
  onChange(): () => void {
    return () => {};
  }

  async forceLeave(node: string): Promise<void> {
    if (node === this.config.nodeName) return;
    throw new MeshError('not-found', `agent: No node found with name '${node}'`);
  }

  stats(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const lan = poolStats();
    return this.config.server ? { serf_lan: lan, serf_wan: { ...lan } } : { serf_lan: lan };
  }

  private member(
    name: string,
    address: string,
    port: number,
    tags: Readonly<Record<string, string>>,
  ): Member {
    const Status = this.hasLeft ? MEMBER_STATUS.left : MEMBER_STATUS.alive;
    return { Name: name, Addr: address, Port: port, Tags: tags, Status, ...PROTOCOLS };
  }
}

function poolStats(): Readonly<Record<string, string>> {
  return {
    coordinate_resets: '0',
    encrypted: 'false',
    event_queue: '0',
    event_time: '1',
    failed: '0',
    health_score: '0',
    intent_queue: '0',
    left: '0',
    member_time: '1',
    members: '1',
    query_queue: '0',
    query_time: '1',
  };
}
