/**
 * House rules that formatter, linter and compiler do not know: sizes of files, functions and lines, names
 * of files, what may stand in pure code, no left-overs. Prints one line a finding; exit 1 if any.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PURE_LAYERS, projects, root } from '../workspace.mjs';

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 70;
const MAX_LINE_CHARS = 120;
const VAGUE_NAMES = new Set(['utils.ts', 'helpers.ts', 'common.ts', 'misc.ts', 'util.ts']);

/** Reaches outside memory, or differs from run to run: not in a pure lib. */
const IMPURE = [
  [/\bDate\.now\b|\bnew Date\(\)/, 'the clock'],
  [/\bMath\.random\b/, 'randomness'],
  [/\blocaleCompare\b|\btoLocale[A-Z]/, 'the locale'],
  [/\bWeakRef\b|\bFinalizationRegistry\b/, 'the garbage collector'],
];

const findings = [];
const report = (file, line, text) => findings.push(`${file}:${line}: ${text}`);

const tracked = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));

const pureDirs = projects()
  .filter(({ layer }) => PURE_LAYERS.includes(layer))
  .map(({ dir }) => `${dir}/`);

for (const file of tracked) check(file);
for (const { dir } of projects()) {
  if (!existsSync(join(root, dir, 'README.md'))) report(dir, 1, 'no README.md');
}
for (const finding of findings) console.log(finding);
console.log(`tidy: ${tracked.length} files, ${findings.length} findings`);
process.exit(findings.length > 0 ? 1 : 0);

function check(file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const generated = lines[0]?.includes('generated') ?? false;
  if (lines.length > MAX_FILE_LINES + 1 && !generated) {
    report(file, 1, `${lines.length} lines, at most ${MAX_FILE_LINES}`);
  }
  if (VAGUE_NAMES.has(basename(file))) report(file, 1, 'a name that says nothing');
  if (!/^[a-z0-9.-]+$/.test(basename(file))) report(file, 1, 'file names are kebab-case');
  const isTest = /\.(spec|sim|fuzz)\.ts$/.test(file);
  const pure = !isTest && pureDirs.some((dir) => file.startsWith(dir));
  lines.forEach((line, at) => {
    if (line.length > MAX_LINE_CHARS && !generated) {
      report(file, at + 1, `${line.length} characters, at most ${MAX_LINE_CHARS}`);
    }
    if (pure && !/^\s*(\*|\/\/|\/\*)/.test(line)) {
      for (const [pattern, what] of IMPURE) {
        if (pattern.test(line)) report(file, at + 1, `pure code uses ${what}`);
      }
    }
    if (/\b(TODO|FIXME|XXX)\b/.test(line) && !file.startsWith('tools/tidy/')) {
      report(file, at + 1, 'a left-over');
    }
    if (isTest && /\b(it|test|describe)\.(skip|only|todo)\b|\bx(it|describe)\(/.test(line)) {
      report(file, at + 1, 'a skipped or focused test');
    }
  });
  if (!generated && !isTest) checkFunctions(file, lines);
}

/** Functions by indentation: the formatter guarantees that a body closes at its header's indentation. */
function checkFunctions(file, lines) {
  const modifiers = '(private |protected |public |static |async |get |set |override )*';
  const header = new RegExp(
    `^(\\s*)(export )?(default )?(async )?(function\\b|${modifiers}[a-zA-Z_#]\\w*(<.*>)?\\(.*\\).*\\{$)`,
  );
  for (let at = 0; at < lines.length; at++) {
    const match = header.exec(lines[at]);
    if (!match || /^\s*(if|for|while|switch|return|catch|else|describe|it)\b/.test(lines[at]))
      continue;
    const close = `${match[1]}}`;
    let end = at + 1;
    while (end < lines.length && !lines[end].startsWith(close)) end++;
    if (end - at + 1 > MAX_FUNCTION_LINES) {
      report(file, at + 1, `function of ${end - at + 1} lines, at most ${MAX_FUNCTION_LINES}`);
    }
  }
}
