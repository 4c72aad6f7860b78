import { formatDuration } from '@mesh/base';
import { CommandError, durationFlag, type FlagValues, type Io, textFlag } from '@mesh/cli-kit';
import { attempt } from '../command.ts';
import { readTextArgument } from '../data-argument.ts';
import type { AuthMethod } from './records.ts';

/** Path of the list of all auth methods. */
export const AUTH_METHODS = '/v1/acl/auth-methods';
/** Path of one, without its name. */
export const AUTH_METHOD = '/v1/acl/auth-method';

/** Path of the auth method with a name. */
export function authMethodPath(name: string): string {
  return `${AUTH_METHOD}/${encodeURIComponent(name)}`;
}

/** Flags that say what an auth method does. */
export const authMethodFlags = {
  config: textFlag(
    'Configuration of the method, a JSON object; @FILE reads it from a file, - from stdin.',
  ),
  description: textFlag('Description of the method.'),
  'display-name': textFlag('Name that user interfaces show for it.'),
  'kubernetes-ca-cert': textFlag(
    'Of type kubernetes: PEM certificates of the CA of its API; @FILE reads them from a file, ' +
      '- from stdin.',
  ),
  'kubernetes-host': textFlag('Of type kubernetes: address of its API, https://HOST:PORT.'),
  'kubernetes-service-account-jwt': textFlag(
    'Of type kubernetes: JWT of a service account that may review the tokens of others.',
  ),
  'max-token-ttl': durationFlag('How long a token from a login counts; 0 for ever.'),
  'token-locality': textFlag(
    'Where a token from a login counts: local, in its datacenter alone, or global.',
  ),
};

type Values = FlagValues<typeof authMethodFlags>;
type Config = Readonly<Record<string, unknown>>;

const LOCALITIES: readonly string[] = ['', 'local', 'global'];

/** Fields of the configuration of a Kubernetes method, by the flag that sets each. */
const KUBERNETES = {
  'kubernetes-host': 'Host',
  'kubernetes-ca-cert': 'CACert',
  'kubernetes-service-account-jwt': 'ServiceAccountJWT',
} as const;

const KUBERNETES_FLAGS = Object.keys(KUBERNETES) as readonly (keyof typeof KUBERNETES)[];

/** Refuses values that no agent would take. @throws CommandError */
export function checkAuthMethodFlags(flags: Values): void {
  const locality = flags['token-locality'];
  if (!LOCALITIES.includes(locality)) {
    throw new CommandError(`Unknown -token-locality: ${locality} (accepted: local, global)`);
  }
  if (flags['max-token-ttl'] < 0) throw new CommandError('-max-token-ttl must not be negative');
  const [first] = KUBERNETES_FLAGS.filter((name) => flags[name] !== '');
  if (first !== undefined && flags.config !== '') {
    throw new CommandError(`Only one of -config and -${first} may be given`);
  }
}

/** Fields that the flags give, all of them: what is not given is empty. */
export function wantedSettings(flags: Values): Partial<AuthMethod> {
  const ttlMs = flags['max-token-ttl'];
  return {
    DisplayName: flags['display-name'],
    Description: flags.description,
    TokenLocality: flags['token-locality'],
    ...(ttlMs === 0 ? {} : { MaxTokenTTL: formatDuration(ttlMs) }),
  };
}

/** Fields of a method, those replaced that are given. */
export function mergedSettings(
  now: AuthMethod,
  flags: Values,
  given: ReadonlySet<string>,
): Partial<AuthMethod> {
  const wanted = wantedSettings(flags);
  const one = <K extends keyof AuthMethod>(field: K, flag: string) =>
    given.has(flag) ? wanted[field] : now[field];
  const MaxTokenTTL = one('MaxTokenTTL', 'max-token-ttl');
  return {
    DisplayName: one('DisplayName', 'display-name') ?? '',
    Description: one('Description', 'description') ?? '',
    TokenLocality: one('TokenLocality', 'token-locality') ?? '',
    ...(MaxTokenTTL ? { MaxTokenTTL } : {}),
  };
}

/**
 * Configuration that the flags give: that of -config, or `before` with what the -kubernetes flags set.
 * @param io stdin, for values that are `-` @throws CommandError
 */
export async function configOf(
  type: string,
  flags: Values,
  io: Io,
  before: Config = {},
): Promise<Config> {
  if (flags.config !== '') {
    const text = await readTextArgument('Error loading configuration', flags.config, io);
    return attempt('Error parsing configuration', () => parseConfig(text));
  }
  const given = KUBERNETES_FLAGS.filter((name) => flags[name] !== '');
  if (given.length > 0 && type !== 'kubernetes') {
    throw new CommandError(`-${given[0]} is for methods of type kubernetes, this is of ${type}`);
  }
  const config: Record<string, unknown> = { ...before };
  for (const name of given) config[KUBERNETES[name]] = flags[name];
  if (flags['kubernetes-ca-cert'] !== '') {
    const what = 'Error loading the certificates of Kubernetes';
    config['CACert'] = await readTextArgument(what, flags['kubernetes-ca-cert'], io);
  }
  return config;
}

/** Refuses a Kubernetes method that lacks a part of its configuration. @throws CommandError */
export function checkKubernetes(type: string, config: Config): void {
  if (type !== 'kubernetes') return;
  const missing = KUBERNETES_FLAGS.find((name) => !config[KUBERNETES[name]]);
  if (missing) throw new CommandError(`Missing required '-${missing}' flag`);
}

function parseConfig(text: string): Config {
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error('it must be a JSON object');
  }
  return value as Config;
}
