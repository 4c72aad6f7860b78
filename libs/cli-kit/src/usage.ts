import type { Flag, FlagTable } from './flag.ts';

const HELP_COLUMNS = 72;

/** The list of flags below a flag error, in the form of Go's flag package, sorted by name. */
export function flagUsage(flags: FlagTable): string {
  let text = 'Usage:\n';
  for (const [name, flag] of sorted(flags)) {
    const head = `  -${name}${flag.placeholder === '' ? '' : ` ${flag.placeholder}`}`;
    const suffix = flag.defaultText === '' ? '' : ` (default ${flag.defaultText})`;
    text += `${head}\n    \t${flag.doc}${suffix}\n`;
  }
  return text;
}

/**
 * Help of a command: the usage line, what it does, its flags by heading, those of the command itself last.
 */
export function commandHelp(usage: string, about: string, flags: FlagTable): string {
  let text = `Usage: ${usage}\n\n${indent(about, '  ')}\n`;
  const sections = new Map<string, [string, Flag<unknown>][]>();
  for (const [name, flag] of sorted(flags)) {
    const heading = flag.section === '' ? 'Command Options' : flag.section;
    sections.set(heading, [...(sections.get(heading) ?? []), [name, flag]]);
  }
  const own = sections.get('Command Options');
  sections.delete('Command Options');
  if (own) sections.set('Command Options', own);
  for (const [heading, rows] of sections) {
    text += `\n${heading}\n`;
    for (const [name, flag] of rows) {
      const value = flag.placeholder === '' ? '' : `=<${flag.placeholder}>`;
      const suffix = flag.defaultText === '' ? '' : ` The default value is ${flag.defaultText}.`;
      text += `\n  -${name}${value}\n${wrap(flag.doc + suffix, '     ')}\n`;
    }
  }
  return text;
}

function sorted(flags: FlagTable): [string, Flag<unknown>][] {
  return Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1));
}

function indent(text: string, margin: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : margin + line))
    .join('\n');
}

function wrap(text: string, margin: string): string {
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(' ')) {
    if (line.length + word.length >= HELP_COLUMNS && line !== margin) {
      lines.push(line);
      line = margin;
    }
    line += line === margin ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
