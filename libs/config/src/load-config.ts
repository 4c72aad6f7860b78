import type { Random } from '@mesh/base';
import { buildConfig } from './build/build-config.ts';
import { nodeIdOf } from './build/node-id.ts';
import { type AgentFlags, parseAgentFlags } from './flags/parse-agent-flags.ts';
import { withOneLineErrors } from './one-line.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import { Settings } from './settings/settings.ts';
import type { ConfigEnvironment } from './sources/environment.ts';
import { nodeEnvironment } from './sources/node-environment.ts';
import { type ConfigFormat, fragmentSources, readSources } from './sources/read-sources.ts';

export interface LoadOptions {
  /** Arguments after `consul agent`; or `flags`, already parsed. */
  readonly argv?: readonly string[];
  readonly flags?: AgentFlags;
  readonly random: Random;
  /** @default this machine */
  readonly environment?: ConfigEnvironment;
  /** Keep this id rather than read, make or draw one: for a reload. */
  readonly nodeId?: string;
}

export interface LoadedConfig {
  readonly config: RuntimeConfig;
  /** Names of what was read, in order of precedence: files, `flags`, `flags-0.hcl`... */
  readonly sources: readonly string[];
  /** Merged values by key name, for `diffReload`. Holds secrets: never print it. */
  readonly settings: Settings;
}

/**
 * Reads, merges and checks the whole configuration of an agent. Later wins: defaults, -dev
 * defaults, files and folders in the order given, single flags, -hcl fragments; lists append, maps
 * merge. Makes `data_dir/node-id` when it is not there. Reads files synchronously: for start and
 * reload alone.
 * @throws FlagError for a wrong flag; MeshError with a one-line message for all else
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const flags = options.flags ?? parseAgentFlags(options.argv ?? []);
  return withOneLineErrors(() => load(flags, options));
}

function load(flags: AgentFlags, options: LoadOptions): LoadedConfig {
  const environment = options.environment ?? nodeEnvironment;
  const read = readSources(environment.files, flags.configPaths, flags.configFormat);
  const sources = [...read.sources, flags.values, ...fragmentSources(flags.fragments)];
  const settings = new Settings(flags.dev, sources);
  const config = buildConfig({
    settings,
    sources,
    environment,
    warnings: read.warnings,
    nodeId: () => options.nodeId ?? nodeIdOf(settings, environment.files, options.random),
  });
  return { config, sources: sources.map((source) => source.name), settings };
}

/**
 * Checks files and folders as an agent would, without starting one and without touching data_dir.
 * @param format '' to go by extensions @default ''
 * @returns the warnings that an agent would log
 * @throws MeshError with a one-line message
 */
export function validateConfigFiles(
  paths: readonly string[],
  format: '' | ConfigFormat = '',
  environment: ConfigEnvironment = nodeEnvironment,
): readonly string[] {
  return withOneLineErrors(() => {
    const { sources, warnings } = readSources(environment.files, paths, format);
    const settings = new Settings(false, sources);
    const nodeId = () => '';
    return buildConfig({ settings, sources, environment, warnings, nodeId }).warnings;
  });
}
