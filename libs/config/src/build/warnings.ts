import type { ConfigKey } from '../keys/key.ts';
import type { Settings } from '../settings/settings.ts';

const NODE_NAME_MAX_LENGTH = 63;
const NODE_NAME = /^[A-Za-z0-9-]+$/;

/**
 * Lines to log at WARN when the agent starts: keys that were set and have no effect (yet), old
 * names, risky or odd combinations. A key set to its default says nothing.
 */
export function warningsOf(settings: Settings, nodeName: string): readonly string[] {
  return [
    ...settings.setKeys().flatMap((row) => keyWarnings(settings, row)),
    ...bootstrapWarnings(settings),
    ...nodeNameWarnings(nodeName),
    ...devWarnings(settings),
    ...scriptWarnings(settings),
  ];
}

function keyWarnings(settings: Settings, row: ConfigKey): readonly string[] {
  const at = `${row.name} (set in ${settings.sourceOf(row.name)})`;
  const warnings: string[] = [];
  if (row.oldNameOf !== '') {
    warnings.push(
      `The '${row.name}' field is deprecated. Use the '${row.oldNameOf}' field instead.`,
    );
  }
  if (!row.settable) {
    warnings.push(`${at} has no effect: the value is fixed`);
    return warnings;
  }
  if (row.capability === 'now' || isDefault(settings, row)) return warnings;
  // The present name of an old key warns for both.
  if (row.oldNameOf !== '') return warnings;
  if ('never' in row.capability) warnings.push(`${at} has no effect: ${row.capability.never}`);
  else if (row.capability.later.includes('enterprise feature')) {
    warnings.push(`${at} has no effect: it belongs to ${row.capability.later}`);
  } else {
    warnings.push(
      `${at} is accepted but not used: it belongs to ${row.capability.later}, ` +
        'which this version does not have yet',
    );
  }
  return warnings;
}

function isDefault(settings: Settings, row: ConfigKey): boolean {
  const value = settings.value(row.name);
  const fallback = settings.fallback(row) ?? EMPTY[row.type];
  return JSON.stringify(value) === JSON.stringify(fallback);
}

const EMPTY: Partial<Record<ConfigKey['type'], unknown>> = {
  text: '',
  flag: false,
  texts: [],
  textMap: {},
  map: {},
  maps: [],
  objects: [],
};

function bootstrapWarnings(settings: Settings): readonly string[] {
  const expect = settings.number('bootstrap_expect');
  const warnings: string[] = [];
  if (expect === 1) {
    warnings.push('BootstrapExpect is set to 1; this is the same as Bootstrap mode.');
  } else if (expect === 2) {
    warnings.push(
      'bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance.',
    );
  } else if (expect > 2 && expect % 2 === 0) {
    warnings.push(
      'bootstrap_expect is even number: A cluster with an even number of servers does not ' +
        'achieve optimum fault tolerance.',
    );
  }
  if (expect > 1) warnings.push(`bootstrap_expect > 0: expecting ${expect} servers`);
  if (settings.flag('bootstrap') || expect === 1) {
    warnings.push('bootstrap = true: do not enable unless necessary');
  }
  return warnings;
}

function devWarnings(settings: Settings): readonly string[] {
  if (!settings.dev || settings.text('data_dir') === '') return [];
  const source = settings.sourceOf('data_dir');
  return [`data_dir (set in ${source}) is not used: -dev keeps everything in memory`];
}

function nodeNameWarnings(name: string): readonly string[] {
  if (!NODE_NAME.test(name)) {
    return [
      `Node name "${name}" will not be discoverable via DNS due to invalid characters. ` +
        'Valid characters include all alpha-numerics and dashes.',
    ];
  }
  if (name.length > NODE_NAME_MAX_LENGTH) {
    return [
      `Node name "${name}" will not be discoverable via DNS due to it being too long. ` +
        `Valid lengths are between 1 and ${NODE_NAME_MAX_LENGTH} bytes.`,
    ];
  }
  return [];
}

function scriptWarnings(settings: Settings): readonly string[] {
  const open =
    settings.flag('enable_script_checks') &&
    !settings.flag('acl.enabled') &&
    settings.texts('http_config.allow_write_http_from').length === 0;
  return open
    ? [
        'using enable-script-checks without ACLs and without allow_write_http_from is DANGEROUS, ' +
          'use enable-local-script-checks instead',
      ]
    : [];
}
