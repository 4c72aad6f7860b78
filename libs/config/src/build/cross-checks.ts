/** Rules that a value must satisfy beyond its type, and rules between keys. */
import { META_MAX_PAIRS, validateMeta } from '@mesh/api-contract';
import { base64Decode, invalid, parseDuration } from '@mesh/base';
import type { DefinitionAt } from '../settings/decode-source.ts';
import type { Settings } from '../settings/settings.ts';
import { isCidr } from './ip-sets.ts';
import { logLevelOf } from './log-level.ts';
import { checkTls } from './tls-checks.ts';

const DATACENTER = /^[a-z0-9-_]+$/;
const UI_PATH = /^[A-Za-z0-9_/-]+$/;
const UI_PATH_VERSION = /\/?v\d/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const GOSSIP_KEY_BYTES: readonly number[] = [16, 24, 32];
const RECONNECT_MIN_MS = 8 * 3_600_000;
/** Shorter ones would keep a core busy with nothing. */
const GOSSIP_MIN_MS = 10;
const GOSSIP_TIMES = ['gossip_lan', 'gossip_wan'].flatMap((pool) =>
  ['gossip_interval', 'probe_interval', 'probe_timeout'].map((time) => `${pool}.${time}`),
);
const DNS_RESERVED: readonly string[] = ['service', 'connect', 'node', 'query', 'addr'];

/**
 * Checks merged settings against each other.
 * @throws MeshError `invalid-argument`, one line naming file and key
 */
export function crossCheck(settings: Settings): void {
  checkDatacenter(settings);
  checkDataDir(settings);
  checkBootstrap(settings);
  checkServerPorts(settings);
  checkUi(settings);
  checkDns(settings);
  checkNode(settings);
  checkNetworks(settings);
  checkEncrypt(settings);
  checkTimes(settings);
  checkTls(settings);
  logLevelOf(settings);
}

/**
 * Refuses two definitions with one id. @param what "service" or "check"
 * @throws MeshError `invalid-argument` naming both files and the id
 */
export function refuseDuplicates<T extends { readonly id: string; readonly name: string }>(
  what: string,
  definitions: readonly DefinitionAt<T>[],
): void {
  const seen = new Map<string, string>();
  for (const { definition, source } of definitions) {
    const id = definition.id || definition.name;
    const other = seen.get(id);
    if (other !== undefined) {
      const where = other === source ? `twice in ${source}` : `in ${other} and in ${source}`;
      throw invalid(
        `${what} id "${id}" is defined ${where}, accepted is one definition for each id`,
      );
    }
    seen.set(id, source);
  }
}

/** True for UUIDs in lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function checkDatacenter(settings: Settings): void {
  for (const name of ['datacenter', 'primary_datacenter']) {
    const value = settings.text(name).toLowerCase();
    const at = settings.prefix(name);
    if (value === '' && name === 'datacenter') throw invalid(`${at}datacenter cannot be empty`);
    if (value !== '' && !DATACENTER.test(value)) {
      throw invalid(`${at}${name} cannot be ${JSON.stringify(value)}. Please use only [a-z0-9-_]`);
    }
  }
}

function checkDataDir(settings: Settings): void {
  if (settings.text('data_dir') === '' && !settings.dev) throw invalid('data_dir cannot be empty');
}

function checkBootstrap(settings: Settings): void {
  const expect = settings.number('bootstrap_expect');
  const server = settings.flag('server');
  const at = settings.prefix('bootstrap_expect');
  if (settings.dev && expect > 0) {
    throw invalid(`${at}'bootstrap_expect > 0' not allowed in dev mode`);
  }
  if (expect > 0 && !server) {
    throw invalid(`${at}'bootstrap_expect > 0' requires 'server = true'`);
  }
  if (!settings.flag('bootstrap')) return;
  if (!server) {
    throw invalid(`${settings.prefix('bootstrap')}'bootstrap = true' requires 'server = true'`);
  }
  if (expect > 0) {
    throw invalid(`${at}'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive`);
  }
}

/** Servers that cannot be reached are none. Under -dev nobody comes. */
function checkServerPorts(settings: Settings): void {
  if (settings.dev || !settings.flag('server')) return;
  for (const name of ['ports.server', 'ports.serf_lan']) {
    const port = settings.number(name);
    if (port >= 1) continue;
    throw invalid(`${settings.prefix(name)}${name} must be a port from 1 to 65535, got ${port}`);
  }
}

function checkUi(settings: Settings): void {
  if (settings.text('ui_dir') !== '' && settings.flag('ui')) {
    throw invalid(
      `${settings.prefix('ui_dir')}Both the ui and ui-dir flags were specified, ` +
        'please provide only one',
    );
  }
  const path = settings.text('ui_content_path');
  const at = settings.prefix('ui_content_path');
  if (!UI_PATH.test(path)) {
    throw invalid(
      `${at}ui-content-path can only contain alphanumeric, -, _, or /. ` +
        `received: ${JSON.stringify(path)}`,
    );
  }
  if (UI_PATH_VERSION.test(path)) {
    throw invalid(`${at}ui-content-path cannot have 'v[0-9]'. received: ${JSON.stringify(path)}`);
  }
}

function checkDns(settings: Settings): void {
  const first = settings.text('alt_domain').toLowerCase().split('.')[0]!;
  const reserved = [...DNS_RESERVED, settings.text('datacenter').toLowerCase()];
  if (first !== '' && reserved.includes(first)) {
    throw invalid(
      `${settings.prefix('alt_domain')}alt_domain cannot start with {${reserved.join(',')}}`,
    );
  }
  const at = `${settings.prefix('dns_config.service_ttl')}dns_config.service_ttl`;
  for (const [name, ttl] of Object.entries(settings.textMap('dns_config.service_ttl'))) {
    const star = name.indexOf('*');
    if (star !== -1 && star !== name.length - 1) {
      throw invalid(`${at}: "${name}" may hold * at its end alone`);
    }
    if (parseDuration(ttl) === undefined) {
      throw invalid(`${at}.${name}: invalid duration "${ttl}", accepted are e.g. 10s or 5m`);
    }
  }
}

function checkNode(settings: Settings): void {
  const at = settings.prefix('node_id');
  const id = settings.text('node_id');
  if (id !== '' && !isUuid(id.toLowerCase())) {
    throw invalid(`${at}node_id: specified NodeID "${id}" is invalid, accepted is a UUID`);
  }
  const meta = settings.textMap('node_meta');
  try {
    validateMeta(meta);
  } catch (thrown) {
    throw invalid(
      `${settings.prefix('node_meta')}node_meta invalid: ${(thrown as Error).message} ` +
        `(at most ${META_MAX_PAIRS} pairs)`,
    );
  }
}

function checkNetworks(settings: Settings): void {
  for (const name of [
    'http_config.allow_write_http_from',
    'serf_lan_allowed_cidrs',
    'serf_wan_allowed_cidrs',
  ]) {
    for (const cidr of settings.texts(name)) {
      if (isCidr(cidr)) continue;
      throw invalid(
        `${settings.prefix(name)}${name}: invalid CIDR "${cidr}", ` +
          'accepted are networks such as 10.0.0.0/8',
      );
    }
  }
}

function checkEncrypt(settings: Settings): void {
  const key = settings.text('encrypt');
  if (key === '') return;
  // The key itself is a secret: say what is wrong with it, never what it is.
  const at = `${settings.prefix('encrypt')}encrypt has invalid key: `;
  const bytes = base64Decode(key);
  if (bytes === undefined) throw invalid(`${at}it is not base64`);
  if (!GOSSIP_KEY_BYTES.includes(bytes.length)) {
    throw invalid(`${at}key size is ${bytes.length} bytes, accepted are 16, 24 or 32`);
  }
}

function checkTimes(settings: Settings): void {
  for (const name of ['reconnect_timeout', 'reconnect_timeout_wan']) {
    if (settings.isSet(name) && settings.durationMs(name) < RECONNECT_MIN_MS) {
      throw invalid(`${settings.prefix(name)}${name} must be >= 8h, got ${settings.text(name)}`);
    }
  }
  for (const name of GOSSIP_TIMES) {
    if (settings.durationMs(name) < GOSSIP_MIN_MS) {
      throw invalid(
        `${settings.prefix(name)}${name} must be >= ${GOSSIP_MIN_MS}ms, got ${settings.text(name)}`,
      );
    }
  }
  for (const name of ['default_query_time', 'max_query_time', 'session_ttl_min']) {
    if (settings.durationMs(name) < 0) {
      throw invalid(`${settings.prefix(name)}${name} must not be negative`);
    }
  }
}
