import { MeshError, type Platform } from '@mesh/base';
import {
  agentUsage,
  FlagError,
  type LoadedConfig,
  loadConfig,
  parseAgentFlags,
} from '@mesh/config';
import { AgentRun, type CreateRoot } from './agent-run.ts';
import { createPlatform } from './platform/node-platform.ts';

/**
 * `consul agent`: reads the configuration, runs the agent until it is told to stop, resolves with the exit
 * code. Wrong flags or configuration: one line on stderr (flags with the usage), exit code 1.
 */
export async function runAgent(argv: readonly string[]): Promise<number> {
  const platform = createPlatform();
  try {
    const loaded = load(argv, platform);
    if (!loaded) return 0;
    const createRoot = await rootOf(loaded);
    return await new AgentRun(argv, loaded, platform, createRoot).run();
  } catch (thrown) {
    if (thrown instanceof FlagError) {
      process.stderr.write(`${thrown.message}\n${thrown.usage}\n`);
      return 1;
    }
    if (!(thrown instanceof MeshError)) throw thrown;
    process.stderr.write(`==> ${thrown.message}\n`);
    return 1;
  }
}

function load(argv: readonly string[], platform: Platform): LoadedConfig | undefined {
  const flags = parseAgentFlags(argv);
  if (flags.help) {
    process.stdout.write(`${agentUsage}\n`);
    return undefined;
  }
  return loadConfig({ flags, random: platform.random });
}

/** What kind of agent a configuration makes. Only that is loaded: a client has no use for what servers need. */
async function rootOf({ config }: LoadedConfig): Promise<CreateRoot> {
  if (config.dev) return (await import('./roots/dev.ts')).createDevRoot;
  if (config.server) return (await import('./roots/server.ts')).createServerRoot;
  return (await import('./roots/client.ts')).createClientRoot;
}
