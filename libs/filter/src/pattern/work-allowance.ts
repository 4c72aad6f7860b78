import { invalid } from '@mesh/base';

/** Steps that may be spent at once (some 30 ms). Most patterns need a few hundred in all. */
const MAX_CREDIT = 2_000_000;
/** Steps earned by each further text or row, up to the maximum. */
const EARNED_CREDIT = 10_000;

/**
 * How much work regular expressions of one outside party may make. An automaton runs in linear
 * time, but linear in the product of pattern and text; this bounds the sum over all patterns and
 * rows of a request.
 */
export class WorkAllowance {
  private credit = MAX_CREDIT;

  /** Another text or row begins. */
  earn(): void {
    this.credit = Math.min(MAX_CREDIT, this.credit + EARNED_CREDIT);
  }

  /** Throws MeshError invalid-argument when the credit does not cover it. */
  spend(steps: number): void {
    this.credit -= steps;
    if (this.credit >= 0) return;
    throw invalid('regular expression takes too long on these texts; use a simpler one');
  }
}
