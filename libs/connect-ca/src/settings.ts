import { invalid, parseDuration } from '@mesh/base';
import type { KeyType } from './certifier.ts';
import type { CaSettings } from './types.ts';

/** Milliseconds of the settings, and the key that an authority gets. */
export interface CaTimes {
  readonly leafTtlMs: number;
  readonly intermediateTtlMs: number;
  readonly keyType: KeyType;
  readonly keyBits: number;
  readonly csrMaxPerSecond: number;
  /** Age at which an authority of our own making is replaced; undefined: never by itself. */
  readonly rotationMs: number | undefined;
}

export const DEFAULT_SETTINGS: CaSettings = {
  IntermediateCertTTL: '8760h',
  LeafCertTTL: '72h',
  RotationPeriod: '2160h',
};

/** Life of a root, milliseconds: ten years. */
export const ROOT_TTL_MS = 10 * 365.25 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** Shortest life of leaves; with SkipValidate, which is for tests of renewal. */
const MIN_LEAF_TTL_MS = HOUR_MS;
const MIN_UNCHECKED_LEAF_TTL_MS = 10_000;
const MAX_LEAF_TTL_MS = 365 * 24 * HOUR_MS;
const KEY_BITS: Readonly<Record<KeyType, readonly number[]>> = {
  ec: [256, 384, 521],
  rsa: [2048, 4096],
};
const NAMES = [
  ...['LeafCertTTL', 'IntermediateCertTTL', 'RotationPeriod', 'RootCert', 'PrivateKey'],
  ...['PrivateKeyType', 'PrivateKeyBits', 'CSRMaxPerSecond', 'CSRMaxConcurrent'],
  'SkipValidate',
];

/** `leaf_cert_ttl` -> `LeafCertTTL`: files write settings so. */
const BY_SNAKE = new Map(
  NAMES.map((name) => [name.replace(/_/g, '').toLowerCase(), name] as const),
);

/**
 * Settings over the defaults, names in any case. Throws `invalid-argument` for a name that is unknown, and
 * for values that make no sense.
 */
export function checkedSettings(given: Readonly<Record<string, unknown>>): CaSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  for (const [key, value] of Object.entries(given)) {
    const name = BY_SNAKE.get(key.replace(/_/g, '').toLowerCase());
    if (!name) {
      throw invalid(`the CA configuration has no "${key}", accepted are ${NAMES.join(', ')}`);
    }
    if (value !== null && value !== '') settings[name] = value;
  }
  timesOf(settings as CaSettings);
  if ((settings['RootCert'] === undefined) !== (settings['PrivateKey'] === undefined)) {
    throw invalid('RootCert and PrivateKey must be given together');
  }
  return settings as CaSettings;
}

/** What settings mean. Throws `invalid-argument` for values that make no sense. */
export function timesOf(settings: CaSettings): CaTimes {
  const leafTtlMs = duration('LeafCertTTL', settings.LeafCertTTL);
  const intermediateTtlMs = duration('IntermediateCertTTL', settings.IntermediateCertTTL);
  if (intermediateTtlMs < 3 * leafTtlMs) {
    throw invalid('IntermediateCertTTL must be at least three times the LeafCertTTL');
  }
  const rotationMs = duration('RotationPeriod', settings.RotationPeriod);
  if (rotationMs < 2 * leafTtlMs) {
    throw invalid('RotationPeriod must be at least twice the LeafCertTTL');
  }
  const isUnchecked = settings['SkipValidate'] === true || settings['SkipValidate'] === 'true';
  const [leastMs, least] = isUnchecked
    ? [MIN_UNCHECKED_LEAF_TTL_MS, '10s']
    : [MIN_LEAF_TTL_MS, '1h0m0s'];
  if (leafTtlMs < leastMs) {
    throw invalid(
      `error configuring provider: leaf cert TTL must be greater or equal than ${least}`,
    );
  }
  if (leafTtlMs > MAX_LEAF_TTL_MS) {
    throw invalid('error configuring provider: leaf cert TTL must be at most 8760h');
  }
  const keyType = settings['PrivateKeyType'] ?? 'ec';
  if (keyType !== 'ec' && keyType !== 'rsa') {
    throw invalid(`PrivateKeyType "${String(keyType)}" is unknown, accepted are ec and rsa`);
  }
  const keyBits = Number(settings['PrivateKeyBits'] ?? (keyType === 'ec' ? 256 : 2048));
  if (!KEY_BITS[keyType].includes(keyBits)) {
    const accepted = KEY_BITS[keyType].join(', ');
    throw invalid(`PrivateKeyBits ${keyBits} do not go with ${keyType}, accepted are ${accepted}`);
  }
  const csrMaxPerSecond = Number(settings['CSRMaxPerSecond'] ?? 50);
  if (!(csrMaxPerSecond >= 0)) throw invalid('CSRMaxPerSecond is a number, 0 is no limit');
  // Roots of the original stay as long as nobody changes them: only who asks for it gets others.
  const isAsked = settings.RotationPeriod !== DEFAULT_SETTINGS.RotationPeriod;
  return {
    ...{ leafTtlMs, intermediateTtlMs, keyType, keyBits, csrMaxPerSecond },
    rotationMs: isAsked ? rotationMs : undefined,
  };
}

function duration(name: string, value: unknown): number {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  if (ms !== undefined && ms > 0) return ms;
  throw invalid(`${name}: "${String(value)}" is no duration such as 72h`);
}
