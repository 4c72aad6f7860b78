import type { AclResource } from '@mesh/api-contract';
import { mergeRules } from './merge-rules.ts';
import type { Access, PlainResource, PolicyRules, SegmentRule } from './rules.ts';
import { SegmentTable } from './segment-table.ts';

/** What is asked for; `list` is of keys alone. */
export type WantedAccess = 'read' | 'write' | 'list';

/** Decides what the bearer of a token may do. */
export interface Authorizer {
  /**
   * One question. `segment` is '' for acl, operator and keyring. For intentions it is the destination; `*`
   * is read by who may read any, and written by who may write all.
   */
  allows(resource: AclResource, access: WantedAccess, segment: string): boolean;
  /** Whether everything under a prefix of keys may be written: no rule under it says otherwise. */
  allowsWritePrefix(prefix: string): boolean;
  /** Whether services may connect where no intention decides. */
  readonly intentionDefaultAllow: boolean;
  /** True when nothing is ever denied: filters may be skipped. */
  readonly isManagement: boolean;
}

/** What holds where no rule speaks (acl.default_policy). */
export type Fallback = 'allow' | 'deny';

/**
 * Decides by the rules of a token's policies together. Rules of the same segment are merged first (deny,
 * write, list, read); then exact beats prefix and longer beats shorter.
 */
export function createAuthorizer(policies: readonly PolicyRules[], fallback: Fallback): Authorizer {
  return new RuleAuthorizer(mergeRules(policies), fallback === 'allow');
}

class RuleAuthorizer implements Authorizer {
  readonly isManagement = false;
  readonly intentionDefaultAllow: boolean;
  private readonly plain: PolicyRules['plain'];
  private readonly tables = new Map<AclResource, SegmentTable>();
  private readonly fallback: boolean;

  constructor({ plain, exact, prefix }: PolicyRules, fallback: boolean) {
    this.plain = plain;
    this.fallback = fallback;
    this.intentionDefaultAllow = fallback;
    for (const rule of exact) this.add(rule, 'addExact');
    for (const rule of prefix) this.add(rule, 'addPrefix');
  }

  allows(resource: AclResource, access: WantedAccess, segment: string): boolean {
    if (resource === 'acl' || resource === 'operator' || resource === 'keyring') {
      return this.allowsPlain(resource, access);
    }
    if (resource === 'intentions' && segment === '*') return this.allowsWildcard(access);
    const rule = this.tables.get(resource)?.find(segment);
    return rule === undefined ? this.fallback : grants(rule, access);
  }

  allowsWritePrefix(prefix: string): boolean {
    const table = this.tables.get('key');
    if (!table) return this.fallback;
    for (const rule of table.under(prefix)) if (rule !== 'write') return false;
    const rule = table.longestPrefix(prefix);
    return rule === undefined ? this.fallback : rule === 'write';
  }

  /** The default policy never grants what protects the ACLs themselves. */
  private allowsPlain(resource: PlainResource, access: WantedAccess): boolean {
    const rule = this.plain[resource];
    if (rule !== undefined) return grants(rule, access);
    return resource === 'acl' ? false : this.fallback;
  }

  private allowsWildcard(access: WantedAccess): boolean {
    const table = this.tables.get('intentions');
    const rules = [...(table?.all() ?? [])];
    if (access === 'write') {
      if (rules.some((rule) => !grants(rule, access))) return false;
      const everything = table?.longestPrefix('');
      return everything === undefined ? this.fallback : true;
    }
    const isFallback = table?.longestPrefix('') === undefined && this.fallback;
    return isFallback || rules.some((rule) => grants(rule, access));
  }

  private add(rule: SegmentRule, how: 'addExact' | 'addPrefix'): void {
    this.table(rule.resource)[how](rule.name, rule.policy);
    if (rule.resource !== 'service') return;
    const implied: Access = rule.policy === 'deny' ? 'deny' : 'read';
    this.table('intentions')[how](rule.name, rule.intentions ?? implied);
  }

  private table(resource: AclResource): SegmentTable {
    let table = this.tables.get(resource);
    if (!table) {
      table = new SegmentTable();
      this.tables.set(resource, table);
    }
    return table;
  }
}

/** Write grants everything; list grants reading. */
function grants(rule: Access, wanted: WantedAccess): boolean {
  switch (rule) {
    case 'write':
      return true;
    case 'list':
      return wanted !== 'write';
    case 'read':
      return wanted === 'read';
    case 'deny':
      return false;
  }
}

function constant(allowed: boolean, isManagement: boolean): Authorizer {
  return {
    allows: (resource) => allowed && (isManagement || resource !== 'acl'),
    allowsWritePrefix: () => allowed,
    intentionDefaultAllow: allowed,
    isManagement,
  };
}

/** Allows everything: of management tokens, and where ACLs are off. */
export const MANAGE_ALL: Authorizer = constant(true, true);
/** Allows everything but the ACLs themselves: the default policy "allow". */
export const ALLOW_ALL: Authorizer = constant(true, false);
/** Allows nothing. */
export const DENY_ALL: Authorizer = constant(false, false);
