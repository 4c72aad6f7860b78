import { MeshError } from '@mesh/base';

/** Names remembered with their verdict; beyond this they are decided each time. */
const MAX_REMEMBERED = 10_000;

/**
 * Which metrics are kept: rules such as `+consul.raft` and `-consul.http`, the longest matching prefix wins,
 * and `keepOthers` decides where none matches.
 */
export class PrefixFilter {
  private readonly rules: readonly { readonly prefix: string; readonly keep: boolean }[];
  private readonly keepOthers: boolean;
  private readonly verdicts = new Map<string, boolean>();

  /** Throws `invalid-argument` on a rule without its sign. */
  constructor(rules: readonly string[], keepOthers: boolean) {
    this.keepOthers = keepOthers;
    this.rules = rules
      .map((rule) => {
        if (!/^[+-]./.test(rule)) {
          throw new MeshError(
            'invalid-argument',
            `telemetry.prefix_filter: "${rule}" must begin with + or - and name a prefix`,
          );
        }
        return { prefix: rule.slice(1), keep: rule.startsWith('+') };
      })
      .sort((a, b) => b.prefix.length - a.prefix.length);
  }

  keeps(name: string): boolean {
    if (this.rules.length === 0) return this.keepOthers;
    const known = this.verdicts.get(name);
    if (known !== undefined) return known;
    const rule = this.rules.find(({ prefix }) => name.startsWith(prefix));
    const verdict = rule ? rule.keep : this.keepOthers;
    if (this.verdicts.size < MAX_REMEMBERED) this.verdicts.set(name, verdict);
    return verdict;
  }
}
