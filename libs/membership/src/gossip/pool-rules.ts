import { type PoolRules, SERF_STATUS, type SerfMember } from '@mesh/gossip';
import { isServer } from '../server-tags.ts';
import { allowedNetworks } from './allowed-networks.ts';

/** Characters of a member's name. */
const MAX_NAME = 512;
/** Names are lines of files and logs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** Ids of older builds came from the host and were not unique. */
const UNIQUE_IDS_SINCE = [0, 8, 5] as const;

export interface LanRulesOptions {
  readonly nodeName: string;
  readonly nodeId: string;
  readonly datacenter: string;
  readonly segment: string;
  /** Networks that members may be in; empty allows all. */
  readonly allowedCidrs: readonly string[];
}

/**
 * Who may be in the LAN pool (gossip-wire.md 8.3): agents of this datacenter and segment whose ids are their own,
 * and whoever has none of the tags.
 */
export function lanRules(options: LanRulesOptions): PoolRules {
  const veto = (members: readonly SerfMember[]): string | undefined => {
    const names = new Map<string, string>();
    for (const member of members) {
      if (member.status === SERF_STATUS.left) continue;
      const reason = idVeto(member, names, options) ?? placeVeto(member, options);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
  const vetoIdentity = identityVeto(options.allowedCidrs);
  return { vetoMerge: veto, vetoAlive: (member) => vetoIdentity(member) ?? veto([member]) };
}

/**
 * Who may be in the WAN pool: servers.
 * @param allowedCidrs networks that members may be in; empty allows all
 */
export function wanRules(allowedCidrs: readonly string[]): PoolRules {
  const vetoIdentity = identityVeto(allowedCidrs);
  const veto = ({ name, tags }: SerfMember): string | undefined =>
    isServer(tags) ? undefined : `Member '${name}' is not a server`;
  return {
    vetoMerge: (members) => {
      for (const member of members) {
        const reason = veto(member);
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
    vetoAlive: (member) => vetoIdentity(member) ?? veto(member),
  };
}

/** What is asked of a single member that is alive, whatever its tags: one of a list must not spoil a join. */
function identityVeto(allowedCidrs: readonly string[]): (member: SerfMember) => string | undefined {
  const isAllowed = allowedNetworks(allowedCidrs);
  return ({ name, host }) => {
    if (name === '' || name.length > MAX_NAME || CONTROL.test(name)) {
      const shown = JSON.stringify(name.slice(0, 64));
      return `Member name ${shown} is not 1 to ${MAX_NAME} visible characters`;
    }
    if (isAllowed(host)) return undefined;
    return `Member '${name}' has address ${host}, which is in none of the allowed networks`;
  };
}

/** @param names of the members before, by id; the member is added */
function idVeto(
  { name, tags }: SerfMember,
  names: Map<string, string>,
  { nodeId, nodeName }: LanRulesOptions,
): string | undefined {
  const id = tags.id ?? '';
  if (id === '') return undefined;
  const conflict = `Member '${name}' has conflicting node ID '${id}' with`;
  if (id === nodeId && name !== nodeName) return `${conflict} this agent's ID`;
  const other = names.get(id);
  if (other !== undefined && other !== name) return `${conflict} member '${other}'`;
  if (hasUniqueIds(tags.build ?? '')) names.set(id, name);
  return undefined;
}

function placeVeto(
  { name, tags }: SerfMember,
  { datacenter, segment }: LanRulesOptions,
): string | undefined {
  const { dc = '' } = tags;
  if ((tags.role === 'node' || isServer(tags)) && dc !== datacenter) {
    return `Member '${name}' part of wrong datacenter '${dc}' (expected '${datacenter}')`;
  }
  const theirs = tags.segment ?? '';
  if (theirs === segment) return undefined;
  return `Member '${name}' part of wrong segment '${theirs}' (expected '${segment}')`;
}

function hasUniqueIds(build: string): boolean {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(build);
  if (!match) return false;
  for (const [at, since] of UNIQUE_IDS_SINCE.entries()) {
    const part = Number(match[at + 1]);
    if (part !== since) return part > since;
  }
  return true;
}
