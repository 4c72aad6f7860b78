import { formatAddress, type GossipAddress, parseIp, type SerfMemory } from '@mesh/gossip';

/** A member as the snapshot file names it. */
export interface RememberedMember {
  readonly name: string;
  readonly address: GossipAddress;
}

/** What a snapshot file tells. */
export interface Remembered {
  /** Members that were alive, each once. */
  readonly members: readonly RememberedMember[];
  readonly memory: SerfMemory;
  /** Lines that make no sense. */
  readonly damaged: readonly string[];
}

/** Nothing. */
export const NOTHING: Remembered = {
  members: [],
  memory: { clock: 0, eventClock: 0, queryClock: 0 },
  damaged: [],
};

const CLOCKS = {
  clock: 'clock',
  'event-clock': 'eventClock',
  'query-clock': 'queryClock',
} as const;
type ClockLine = keyof typeof CLOCKS;

const LINE = /^(alive|not-alive|clock|event-clock|query-clock|coordinate): (.*)$/s;
/** What stands in a line of its own and so cannot be part of a name. */
const LINE_END = /[\n\r]/;

/** The line of a member that came. Undefined for a name that does not fit in a line. */
export function aliveLine({ name, address }: RememberedMember): string | undefined {
  return LINE_END.test(name) ? undefined : `alive: ${name} ${formatAddress(address)}\n`;
}

/** The line of a member that went. Undefined for a name that does not fit in a line. */
export function notAliveLine(name: string): string | undefined {
  return LINE_END.test(name) ? undefined : `not-alive: ${name}\n`;
}

/** The line of an agent that leaves: it does not come back by itself. */
export const LEAVE_LINE = 'leave\n';

/** Lines of clocks that differ from those that were written last. */
export function clockLines(now: SerfMemory, written: SerfMemory): string {
  return (Object.keys(CLOCKS) as ClockLine[])
    .filter((line) => now[CLOCKS[line]] !== written[CLOCKS[line]])
    .map((line) => `${line}: ${now[CLOCKS[line]]}\n`)
    .join('');
}

/**
 * Replays a snapshot file (gossip-wire.md section 6). Lines that make no sense are left out.
 * @param rejoin a leave does not make what was before it forgotten
 */
export function replayLines(text: string, rejoin: boolean): Remembered {
  const members = new Map<string, GossipAddress>();
  const memory = { ...NOTHING.memory };
  const damaged: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line === 'leave') {
      if (rejoin) continue;
      members.clear();
      Object.assign(memory, NOTHING.memory);
    } else if (!replay(line, members, memory)) damaged.push(line);
  }
  const all = [...members].map(([name, address]) => ({ name, address }));
  return { members: all, memory, damaged };
}

/** False when the line makes no sense. */
function replay(
  line: string,
  members: Map<string, GossipAddress>,
  memory: Record<keyof SerfMemory, number>,
): boolean {
  const [, kind, rest = ''] = LINE.exec(line) ?? [];
  switch (kind) {
    case 'alive': {
      // A name may hold spaces, an address does not.
      const space = rest.lastIndexOf(' ');
      const address = parseAddress(rest.slice(space + 1));
      if (space < 1 || !address) return false;
      members.set(rest.slice(0, space), address);
      return true;
    }
    case 'not-alive':
      members.delete(rest);
      return true;
    case 'coordinate':
      return true;
    case undefined:
      return false;
    default: {
      const time = /^\d{1,16}$/.test(rest) ? Number(rest) : Number.NaN;
      // One less than the largest: the clock is put above it.
      if (!(time < Number.MAX_SAFE_INTEGER)) return false;
      memory[CLOCKS[kind as ClockLine]] = time;
      return true;
    }
  }
}

/** Undefined when the text is no IP:PORT or [IPV6]:PORT. */
function parseAddress(text: string): GossipAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match && parseIp(match[1] ?? match[2]!);
  const port = Number(match?.[3]);
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
