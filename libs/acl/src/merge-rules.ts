import type { Access, PlainResource, PolicyRules, SegmentRule } from './rules.ts';

const RANK: Readonly<Record<Access, number>> = { read: 1, list: 2, write: 3, deny: 4 };

/** Which of two rules for the same thing counts: deny, then write, list, read. */
export function stronger(one: Access | undefined, other: Access | undefined): Access | undefined {
  if (one === undefined) return other;
  if (other === undefined) return one;
  return RANK[one] >= RANK[other] ? one : other;
}

/** Rules of several policies as one set, with one rule for each segment. */
export function mergeRules(policies: readonly PolicyRules[]): PolicyRules {
  const plain: Partial<Record<PlainResource, Access>> = {};
  for (const policy of policies) {
    for (const [key, access] of Object.entries(policy.plain) as [PlainResource, Access][]) {
      plain[key] = stronger(plain[key], access);
    }
  }
  return {
    plain,
    exact: mergeSegments(policies.flatMap(({ exact }) => exact)),
    prefix: mergeSegments(policies.flatMap(({ prefix }) => prefix)),
  };
}

function mergeSegments(rules: readonly SegmentRule[]): readonly SegmentRule[] {
  const merged = new Map<string, SegmentRule>();
  for (const rule of rules) {
    const key = `${rule.resource} ${rule.name}`;
    const known = merged.get(key);
    if (!known) {
      merged.set(key, rule);
      continue;
    }
    const intentions = stronger(known.intentions, rule.intentions);
    merged.set(key, {
      ...known,
      policy: stronger(known.policy, rule.policy)!,
      ...(intentions !== undefined && { intentions }),
    });
  }
  return [...merged.values()];
}
