import { ALL_KEYS } from './all-keys.ts';
import type { ConfigKey } from './key.ts';

/**
 * All keys as a table in Markdown: name, type, default, default under -dev, reloadable, meaning.
 */
export function printKeys(): string {
  const lines = ALL_KEYS.map((row) => `| ${cells(row).join(' | ')} |`);
  return [
    '| key | type | default | with -dev | reload | meaning |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function cells(row: ConfigKey): readonly string[] {
  const reload = row.reloadable ? 'yes' : '';
  return [`\`${row.name}\``, typeText(row), fallbackText(row), devText(row), reload, docText(row)];
}

const TYPE_TEXTS: Readonly<Record<ConfigKey['type'], string>> = {
  text: 'text',
  flag: 'true or false',
  whole: 'whole number',
  number: 'number',
  duration: 'duration',
  texts: 'list of texts',
  textMap: 'map of texts',
  map: 'map',
  maps: 'list of maps',
  objects: 'list of objects',
  group: 'object',
  definition: 'definition',
  definitions: 'list of definitions',
};

function typeText(row: ConfigKey): string {
  return row.unit === '' ? TYPE_TEXTS[row.type] : `${TYPE_TEXTS[row.type]}, ${row.unit}`;
}

function fallbackText(row: ConfigKey): string {
  if (row.fallbackDoc !== '') return cell(row.fallbackDoc);
  return row.fallback === undefined ? '' : cell(valueText(row.fallback));
}

function devText(row: ConfigKey): string {
  return row.devFallback === undefined ? '' : cell(valueText(row.devFallback));
}

function valueText(value: NonNullable<ConfigKey['fallback']>): string {
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? 'empty' : JSON.stringify(value);
  return String(value);
}

function docText(row: ConfigKey): string {
  const notes = [row.doc];
  if (row.accepted !== undefined) notes.push(`One of ${row.accepted.join(', ')}.`);
  if (!row.settable) notes.push('Fixed.');
  if (row.capability !== 'now') {
    notes.push(
      'never' in row.capability
        ? `No effect: ${row.capability.never}.`
        : `Not used yet: ${row.capability.later}.`,
    );
  }
  return cell(notes.join(' '));
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
