import { invalid, mismatch } from '@mesh/base';
import { ingressGateway } from './kinds/ingress-gateway.ts';
import type { KindRules } from './kinds/kind.ts';
import { proxyDefaults } from './kinds/proxy-defaults.ts';
import { serviceDefaults } from './kinds/service-defaults.ts';
import { serviceResolver } from './kinds/service-resolver.ts';
import { serviceRouter } from './kinds/service-router.ts';
import { serviceSplitter } from './kinds/service-splitter.ts';
import { withoutUnset } from './kinds/shapes.ts';
import { terminatingGateway } from './kinds/terminating-gateway.ts';
import { type ConfigKind, isKind, KINDS, type NewConfigEntry } from './types.ts';

const RULES: Readonly<Record<ConfigKind, KindRules>> = {
  'ingress-gateway': ingressGateway,
  'proxy-defaults': proxyDefaults,
  'service-defaults': serviceDefaults,
  'service-resolver': serviceResolver,
  'service-router': serviceRouter,
  'service-splitter': serviceSplitter,
  'terminating-gateway': terminatingGateway,
};

/** Fields that each kind shows even where they are unset. */
const ALWAYS: Partial<Record<ConfigKind, readonly string[]>> = {
  'ingress-gateway': ['TLS', 'Listeners'],
  'proxy-defaults': ['Config', 'MeshGateway', 'Expose'],
  'service-defaults': ['Protocol', 'MeshGateway', 'Expose'],
  'service-splitter': ['Splits'],
  'terminating-gateway': ['Services'],
};

const MAX_NAME_CHARS = 512;

/** Throws `invalid-argument` for what is no kind. */
export function requireKind(kind: string): ConfigKind {
  if (isKind(kind)) return kind;
  throw invalid(`invalid config entry kind: ${kind}, accepted are ${KINDS.join(', ')}`);
}

/**
 * An entry off the wire or out of a file, names in CamelCase or snake_case. Throws `invalid-argument`
 * that names what is wrong.
 */
export function decodeEntry(value: unknown): NewConfigEntry {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw mismatch('', 'an object with Kind and Name', value);
  }
  const given = Object.entries(value).find(([key]) => key.toLowerCase() === 'kind')?.[1];
  if (given === undefined || given === '') {
    throw invalid('Payload does not contain a kind/Kind key at the top level');
  }
  const Kind = requireKind(String(given));
  const { shape, check } = RULES[Kind];
  const { Name, ...rest } = shape.decode(value, '');
  if (Name === '') throw invalid('Name is required');
  if (Name.length > MAX_NAME_CHARS || Name.includes('\0')) {
    throw invalid(`Name: at most ${MAX_NAME_CHARS} characters without NUL are accepted`);
  }
  const shown = withoutUnset(rest);
  // An empty redirect is a mistake that is to be named, not overlooked.
  for (const field of [...(ALWAYS[Kind] ?? []), 'Redirect']) {
    if (rest[field] !== undefined) Object.assign(shown, { [field]: rest[field] });
  }
  const fields = Object.keys(rest).filter((field) => field in shown);
  const ordered = Object.fromEntries(fields.map((field) => [field, rest[field]]));
  const { ConnectTimeout, ...others } = ordered;
  const entry: NewConfigEntry = {
    // The original shows it first.
    ...(ConnectTimeout === undefined ? {} : { ConnectTimeout }),
    ...{ Kind, Name, ...others },
  };
  check(entry);
  return entry;
}
