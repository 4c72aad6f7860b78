import { MeshError, type Platform } from '@mesh/base';
import {
  agentUsage,
  FlagError,
  type LoadedConfig,
  loadConfig,
  parseAgentFlags,
} from '@mesh/config';
import { AgentRun } from './agent-run.ts';
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
    return await new AgentRun(argv, loaded, platform).run();
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
