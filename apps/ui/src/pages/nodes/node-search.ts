import { tallyChecks, worstOf } from '../services/check-health.ts';
import type { UiNode } from './node-types.ts';

/** Whether a node has all words of a search in its name or address; `status:` is its worst check. */
export function matchesNode(node: UiNode, search: string): boolean {
  const texts = [node.Node.toLowerCase(), node.Address.toLowerCase()];
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => {
    if (word.startsWith('status:'))
      return worstOf(tallyChecks(node.Checks)).startsWith(word.slice(7));
    return texts.some((text) => text.includes(word));
  });
}
