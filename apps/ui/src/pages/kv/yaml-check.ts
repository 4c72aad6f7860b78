import { LineCounter, parseAllDocuments, visit } from 'yaml';
import type { TextProblem } from './json-check.ts';

type YamlDocument = Parameters<typeof visit>[0];

/**
 * Checks a text against YAML 1.2; undefined when it is YAML. Aliases are not followed, so a small text cannot
 * become a large value. The library is large: load this file when it is needed.
 */
export function checkYaml(text: string): TextProblem | undefined {
  const lineCounter = new LineCounter();
  for (const document of parseAllDocuments(text, { lineCounter, prettyErrors: false })) {
    const error = document.errors[0];
    const fault = error ? { at: error.pos[0], message: error.message } : strayAlias(document);
    if (!fault) continue;
    const { line, col } = lineCounter.linePos(fault.at);
    return { line, column: col, message: fault.message };
  }
  return undefined;
}

/** An alias of an anchor that does not stand before it; the parser finds those when it makes values. */
function strayAlias(document: YamlDocument): { at: number; message: string } | undefined {
  const anchors = new Set<string>();
  let fault: { at: number; message: string } | undefined;
  visit(document, {
    Value(_key, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_key, { source, range }) {
      if (anchors.has(source)) return undefined;
      fault = { at: range?.[0] ?? 0, message: `there is no anchor &${source} before the alias` };
      return visit.BREAK;
    },
  });
  return fault;
}
