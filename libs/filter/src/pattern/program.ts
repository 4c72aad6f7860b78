import { invalid } from '@mesh/base';
import type { Assertion, CharTest, PatternNode } from './syntax-tree.ts';

/** Most instructions of a program. Bounds the work for one character of text. */
const MAX_INSTRUCTIONS = 2000;

/** Most nodes visited: repetitions of nothing make work without making instructions. */
const MAX_VISITS = 10 * MAX_INSTRUCTIONS;

/** An instruction; numbers are those of the next ones. */
export type Instruction =
  | { readonly kind: 'char'; readonly test: CharTest; readonly next: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'match' };

/** A nondeterministic automaton (Thompson 1968). */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Builds the automaton back to front, so that the number of what follows is always known. */
export function buildProgram(pattern: PatternNode): Program {
  const instructions: Instruction[] = [{ kind: 'match' }];
  let visits = 0;

  function add(instruction: Instruction): number {
    return instructions.push(instruction) - 1;
  }

  function build(node: PatternNode, next: number): number {
    if (instructions.length > MAX_INSTRUCTIONS || ++visits > MAX_VISITS) {
      throw invalid(
        'error parsing regexp: expression too large: with its repetitions written out ' +
          `it has more than ${MAX_INSTRUCTIONS} parts`,
      );
    }
    switch (node.kind) {
      case 'char':
        return add({ kind: 'char', test: node.test, next });
      case 'assert':
        return add({ kind: 'assert', assertion: node.assertion, next });
      case 'sequence':
        return node.items.reduceRight((following, item) => build(item, following), next);
      case 'choice':
        return node.items
          .map((item) => build(item, next))
          .reduceRight((second, first) => add({ kind: 'split', first, second }));
      default:
        return buildRepeat(node, next);
    }
  }

  function buildRepeat(node: PatternNode & { kind: 'repeat' }, next: number): number {
    let at = next;
    if (node.max === Number.POSITIVE_INFINITY) {
      // The loop's end must name the split before its body exists: keep the place, fill it
      // afterwards.
      const split = add({ kind: 'split', first: next, second: next });
      instructions[split] = { kind: 'split', first: build(node.item, split), second: next };
      at = split;
    } else {
      for (let i = node.min; i < node.max; i++) {
        at = add({ kind: 'split', first: build(node.item, at), second: next });
      }
    }
    for (let i = 0; i < node.min; i++) at = build(node.item, at);
    return at;
  }

  const start = build(pattern, 0);
  return { instructions, start };
}
