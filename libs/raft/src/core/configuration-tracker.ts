import { assert, invalid, MeshError, utf8Bytes, utf8Text } from '@mesh/base';
import type { Configuration, ConfigurationChange, ServerInfo } from '../configuration.ts';

const NOBODY: Configuration = { servers: [] };

/**
 * The configurations in the log. A server uses the latest one it has, committed or not (Raft thesis
 * 4.1); when the entry is truncated, the one before it counts again.
 */
export class ConfigurationTracker {
  private history: { readonly index: number; readonly configuration: Configuration }[];

  constructor(index: number, configuration: Configuration) {
    this.history = [{ index, configuration }];
  }

  get latest(): Configuration {
    return this.history.at(-1)!.configuration;
  }

  get latestIndex(): number {
    return this.history.at(-1)!.index;
  }

  /** The configuration as of a log index, which is not before the oldest one kept. */
  at(index: number): { readonly index: number; readonly configuration: Configuration } {
    return this.history.findLast((item) => item.index <= index) ?? this.history[0]!;
  }

  append(index: number, configuration: Configuration): void {
    assert(index > this.latestIndex, 'configurations come in log order');
    this.history.push({ index, configuration });
  }

  truncate(from: number): void {
    this.history = this.history.filter((item, at) => at === 0 || item.index < from);
  }

  /** Forgets what was superseded at or before an index. */
  compact(index: number): void {
    const at = this.history.findLastIndex((item) => item.index <= index);
    if (at > 0) this.history.splice(0, at);
  }

  reset(index: number, configuration: Configuration): void {
    const later = this.history.filter((item) => item.index > index);
    this.history = [{ index, configuration }, ...later];
  }

  isVoter(id: string): boolean {
    return this.latest.servers.some((server) => server.id === id && server.suffrage === 'voter');
  }

  has(id: string): boolean {
    return this.latest.servers.some((server) => server.id === id);
  }

  addressOf(id: string): string {
    return this.latest.servers.find((server) => server.id === id)?.address ?? '';
  }

  get voters(): readonly ServerInfo[] {
    return this.latest.servers.filter(({ suffrage }) => suffrage === 'voter');
  }
}

/** What shells may look at. */
export type ConfigurationsView = Pick<
  ConfigurationTracker,
  'latest' | 'latestIndex' | 'at' | 'isVoter' | 'addressOf'
>;

/** Empty configuration, of a server that was never told of any. */
export const EMPTY_CONFIGURATION = NOBODY;

/** Data of a configuration entry. */
export function encodeConfiguration({ servers }: Configuration): Uint8Array {
  return utf8Bytes(
    JSON.stringify(servers.map(({ id, address, suffrage }) => ({ id, address, suffrage }))),
  );
}

/** Inverse of encodeConfiguration; throws MeshError for anything else. */
export function decodeConfiguration(data: Uint8Array): Configuration {
  let servers: unknown;
  try {
    servers = JSON.parse(utf8Text(data));
  } catch (cause) {
    throw new MeshError('internal', 'a configuration entry is not JSON', { cause });
  }
  if (!Array.isArray(servers) || !servers.every(isServer)) {
    throw new MeshError('internal', 'a configuration entry does not list servers');
  }
  return { servers };
}

function isServer(value: unknown): value is ServerInfo {
  if (typeof value !== 'object' || value === null) return false;
  const { id, address, suffrage } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof address !== 'string') return false;
  return suffrage === 'voter' || suffrage === 'non-voter';
}

/** A configuration in its canonical form; throws `invalid-argument` for doubles and for no voter. */
export function checkedConfiguration(servers: readonly ServerInfo[]): Configuration {
  const sorted = [...servers].sort((a, b) => (a.id < b.id ? -1 : 1));
  sorted.forEach((server, at) => {
    if (server.id === '' || server.address === '') throw invalid('a server needs id and address');
    if (sorted[at + 1]?.id === server.id) throw invalid(`server ${server.id} is listed twice`);
  });
  const addresses = new Set(sorted.map(({ address }) => address));
  if (addresses.size < sorted.length) throw invalid('two servers have the same address');
  if (!sorted.some(({ suffrage }) => suffrage === 'voter')) {
    throw invalid('a configuration needs at least one voter');
  }
  return { servers: sorted };
}

/** The configuration after a change; undefined when it changes nothing. Throws MeshError. */
export function changedConfiguration(
  { servers }: Configuration,
  change: ConfigurationChange,
): Configuration | undefined {
  const known = servers.find(({ id }) => id === change.id);
  const others = servers.filter(({ id }) => id !== change.id);
  if (change.kind === 'add-voter' || change.kind === 'add-non-voter') {
    const suffrage = change.kind === 'add-voter' ? 'voter' : (known?.suffrage ?? 'non-voter');
    if (known?.address === change.address && known.suffrage === suffrage) return undefined;
    return checkedConfiguration([...others, { id: change.id, address: change.address, suffrage }]);
  }
  if (!known) throw new MeshError('not-found', `server ${change.id} is not in the configuration`);
  if (change.kind === 'remove') return checkedConfiguration(others);
  if (known.suffrage === 'non-voter') return undefined;
  return checkedConfiguration([...others, { ...known, suffrage: 'non-voter' }]);
}
