import { boolFlag, columns, EXIT, textFlag } from '@mesh/cli-kit';
import { compilePattern } from '@mesh/filter';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

interface Member {
  readonly Name: string;
  readonly Addr: string;
  readonly Port: number;
  readonly Tags: Readonly<Record<string, string>>;
  /** Of serf: 0 none, 1 alive, 2 leaving, 3 left, 4 failed. */
  readonly Status: number;
}

const STATUS_NAMES: readonly string[] = ['none', 'alive', 'leaving', 'left', 'failed'];
const HEADER = ['Node', 'Address', 'Status', 'Type', 'Build', 'Protocol', 'DC', 'Segment'];

export const command = defineApiCommand({
  usage: 'consul members [options]',
  about: 'Lists the members that the agent knows, of its own datacenter or of all.',
  connection: 'agent',
  flags: {
    detailed: boolFlag('Print all tags of each member.'),
    segment: textFlag('Only members of this network segment, an enterprise feature.', '_all'),
    status: textFlag('Only members whose status matches this regular expression.', '.*'),
    wan: boolFlag('Servers of all datacenters, as a server knows them.'),
  },
  async run({ flags, print, api }) {
    const status = await attempt('Failed to compile status regexp', () =>
      compilePattern(flags.status),
    );
    const query = { segment: flags.segment, wan: flags.wan ? '1' : undefined };
    const all = await attempt(
      'Error retrieving members',
      api().get<readonly Member[] | null>('/v1/agent/members', query),
    );
    const members = (all ?? [])
      .map(withSegment)
      .filter((member) => status.test(statusName(member)))
      .sort((a, b) => compare(a.Name, b.Name) || compare(segmentOf(a), segmentOf(b)));
    if (members.length === 0) return EXIT.noMatch;
    print(columns(flags.detailed ? detailedRows(members) : standardRows(members)));
    return EXIT.ok;
  },
});

/** Servers are in every segment; a client without one is in the default segment. */
function withSegment(member: Member): Member {
  if (member.Tags['segment']) return member;
  const segment = member.Tags['role'] === 'consul' ? '<all>' : '<default>';
  return { ...member, Tags: { ...member.Tags, segment } };
}

function standardRows(members: readonly Member[]): readonly (readonly string[])[] {
  const rows = members.map((member) => {
    const { Tags } = member;
    const start = [member.Name, addressOf(member), statusName(member)];
    const role = Tags['role'];
    if (role !== 'consul' && role !== 'node') return [...start, 'unknown', '', '', '', ''];
    const type = role === 'consul' ? 'server' : 'client';
    const build = (Tags['build'] ?? '').split(':')[0] || '< 0.3';
    return [...start, type, build, Tags['vsn'] ?? '', Tags['dc'] ?? '', segmentOf(member)];
  });
  return [HEADER, ...rows];
}

function detailedRows(members: readonly Member[]): readonly (readonly string[])[] {
  const rows = members.map((member) => {
    const tags = Object.keys(member.Tags)
      .sort()
      .map((name) => `${name}=${member.Tags[name]}`);
    return [member.Name, addressOf(member), statusName(member), tags.join(',')];
  });
  return [['Node', 'Address', 'Status', 'Tags'], ...rows];
}

function addressOf({ Addr, Port }: Member): string {
  return `${Addr.includes(':') ? `[${Addr}]` : Addr}:${Port}`;
}

function statusName(member: Member): string {
  return STATUS_NAMES[member.Status] ?? `unknown status: ${member.Status}`;
}

function segmentOf(member: Member): string {
  return member.Tags['segment'] ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
