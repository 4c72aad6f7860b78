import { isWithin, labelText, splitName } from './name.ts';
import { TYPE } from './record-types.ts';
import type { DnsSettings } from './settings.ts';

/** Labels that say what kind of thing a name in our domain names. */
export const KIND_LABELS = ['service', 'connect', 'ingress', 'node', 'query', 'addr'] as const;
export type NameKind = (typeof KIND_LABELS)[number];

/** A question taken apart. */
export interface SplitQuestion {
  /** As asked; the owner of what answers it. */
  readonly name: string;
  readonly type: number;
  /** The domain or the other one, the tree of reverse names, or anywhere else. */
  readonly zone: 'domain' | 'arpa' | 'outside';
  /** Undefined for names in the domain that have no kind, such as the domain itself. */
  readonly kind: NameKind | undefined;
  /** Labels before the kind, lower case; all labels in the zone `arpa`. */
  readonly parts: readonly string[];
  /** Labels between the kind and the domain: the datacenter. */
  readonly suffixes: readonly string[];
}

/** Finds out what a question is about. The kind is the rightmost label that is one. */
export function splitQuestion(name: string, type: number, settings: DnsSettings): SplitQuestion {
  const lower = name.toLowerCase();
  const whole = { name, type, kind: undefined, parts: [], suffixes: [] };
  const zone = zoneOf(lower, settings);
  if (zone === undefined) {
    if (!isWithin(lower, 'arpa.')) return { ...whole, zone: 'outside' };
    return { ...whole, zone: 'arpa', parts: splitName(lower) };
  }
  const inside = lower === zone ? '' : lower.slice(0, -zone.length);
  const labels = splitName(inside).map((label) => labelText(label).toLowerCase());
  for (let at = labels.length - 1; at >= 0; at--) {
    const label = labels[at]!;
    const kind = KIND_LABELS.find((candidate) => candidate === label);
    if (kind) {
      return kindQuestion(name, type, kind, labels.slice(0, at), labels.slice(at + 1));
    }
    // RFC 2782 names may leave the label "service" out.
    if (type === TYPE.SRV && label.startsWith('_')) {
      return kindQuestion(name, type, 'service', labels.slice(0, at + 1), labels.slice(at + 1));
    }
  }
  return { ...whole, zone: 'domain' };
}

function kindQuestion(
  name: string,
  type: number,
  kind: NameKind,
  parts: readonly string[],
  suffixes: readonly string[],
): SplitQuestion {
  return { name, type, zone: 'domain', kind, parts, suffixes };
}

/** The domain that a name is in; of one inside the other, the longer. */
export function zoneOf(lowerName: string, settings: DnsSettings): string | undefined {
  const { domain, altDomain } = settings;
  const inDomain = isWithin(lowerName, domain);
  const inAlt = altDomain !== '' && isWithin(lowerName, altDomain);
  if (inDomain && inAlt) return altDomain.length > domain.length ? altDomain : domain;
  if (inDomain) return domain;
  return inAlt ? altDomain : undefined;
}

/** The datacenter that the suffixes name; undefined when they are no datacenter. */
export function datacenterOf(question: SplitQuestion, settings: DnsSettings): string | undefined {
  if (question.suffixes.length === 0) return settings.datacenter;
  return question.suffixes.length === 1 ? question.suffixes[0] : undefined;
}
