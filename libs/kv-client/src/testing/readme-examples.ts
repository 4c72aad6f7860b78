import { readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';

/** The code blocks of a README that are programs of their own. */
export function readExamples(file: string): string[] {
  const blocks = readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  return [...blocks].map((match) => match[1]!);
}

/** What an example says it prints: the comments behind its console.log lines. */
export function promisedOutput(example: string): string[] {
  return [...example.matchAll(/; \/\/ (.*)$/gm)].map((match) => match[1]!);
}

/**
 * Runs an example. @param load gives the module of a name @returns what it printed
 */
export async function runExample(
  example: string,
  address: string,
  load: (name: string) => unknown,
): Promise<string[]> {
  const imports = [...example.matchAll(/^import .*$/gm)].map((match) => match[0]);
  const rest = example.replace(/^import .*$/gm, '').replaceAll('http://127.0.0.1:8500', address);
  const source = `${imports.join('\n')}\nexport async function main() {\n${rest}\n}`;
  const { code } = transformSync(source, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const printed: string[] = [];
  const { inspect } = load('node:util') as typeof import('node:util');
  const log = (...values: unknown[]) =>
    printed.push(values.map((v) => (typeof v === 'string' ? v : inspect(v))).join(' '));
  const exports: { main?: () => Promise<void> } = {};
  new Function('require', 'exports', 'console', code)(load, exports, { log });
  await exports.main!();
  return printed;
}
