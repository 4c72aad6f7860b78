import type { Access } from './rules.ts';

/**
 * Rules of one resource by name. An exact one beats every prefix, a longer prefix a shorter one. A lookup
 * costs one map access for each length of prefix that occurs.
 */
export class SegmentTable {
  private readonly exact = new Map<string, Access>();
  private readonly prefixes = new Map<string, Access>();
  /** Lengths of the prefixes, longest first; made when they are first needed. */
  private lengths: readonly number[] | undefined;

  addExact(name: string, access: Access): void {
    this.exact.set(name, access);
  }

  addPrefix(name: string, access: Access): void {
    this.prefixes.set(name, access);
    this.lengths = undefined;
  }

  /** The rule that speaks of a name; undefined when none does. */
  find(name: string): Access | undefined {
    return this.exact.get(name) ?? this.longestPrefix(name);
  }

  /** The rule of the longest prefix of a name. */
  longestPrefix(name: string): Access | undefined {
    this.lengths ??= lengthsOf(this.prefixes);
    for (const length of this.lengths) {
      if (length > name.length) continue;
      const found = this.prefixes.get(name.slice(0, length));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Rules for names that begin with a prefix, the prefix itself included. */
  *under(prefix: string): Iterable<Access> {
    for (const rules of [this.exact, this.prefixes]) {
      for (const [name, access] of rules) if (name.startsWith(prefix)) yield access;
    }
  }

  /** All rules. */
  all(): Iterable<Access> {
    return this.under('');
  }
}

function lengthsOf(prefixes: ReadonlyMap<string, Access>): readonly number[] {
  const lengths = new Set(Array.from(prefixes.keys(), (name) => name.length));
  return [...lengths].sort((a, b) => b - a);
}
