import { invalid } from '@mesh/base';
import { parseRules } from './parse-rules.ts';
import type { PolicyRules } from './rules.ts';

/**
 * Rules of before 1.4 in today's syntax, as `acl translate-rules` prints them. What names a prefix now says
 * so. Throws MeshError `invalid-argument`.
 */
export function translateLegacyRules(text: string): string {
  return printRules(parseRules(text, 'legacy'));
}

/** Rules as HCL, in a form that people keep in files. */
export function printRules({ plain, exact, prefix }: PolicyRules): string {
  const blocks = [
    ...exact.map((rule) => ({ ...rule, keyword: rule.resource as string })),
    ...prefix.map((rule) => ({ ...rule, keyword: `${rule.resource}_prefix` })),
  ].map(({ keyword, name, policy, intentions }) => {
    const lines = [`  policy = ${JSON.stringify(policy)}`];
    if (intentions !== undefined) lines.push(`  intentions = ${JSON.stringify(intentions)}`);
    // The language reads what stands between the braces as it is: there is no way to write such a name.
    if (name.includes('${'))
      throw invalid(`the name ${JSON.stringify(name)} cannot be written in HCL`);
    return `${keyword} ${JSON.stringify(name)} {\n${lines.join('\n')}\n}`;
  });
  const plains = Object.entries(plain).map(([key, access]) => `${key} = ${JSON.stringify(access)}`);
  return [...plains, ...blocks].join('\n\n');
}
