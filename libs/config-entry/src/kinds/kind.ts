import type { Shape } from '@mesh/base';
import type { NewConfigEntry } from '../types.ts';

/** What an entry of one kind may say. */
export interface KindRules {
  /** The entry's body off the wire. Throws `invalid-argument` with the place. */
  readonly shape: Shape<Readonly<Record<string, unknown>> & { readonly Name: string }>;
  /** Checks what a shape cannot. Throws `invalid-argument`. */
  check(entry: NewConfigEntry): void;
}
