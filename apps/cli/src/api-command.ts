import { CommandError, type FlagTable, type FlagValues } from '@mesh/cli-kit';
import type { AgentApi } from './agent-api/agent-api.ts';
import { clientFlags, namespaceFlags, openAgentApi, serverFlags } from './agent-api/api-flags.ts';
import { type Command, defineCommand, type Invocation, readFile } from './command.ts';

/** Groups of connection flags: every agent's, those of server requests, those with namespaces. */
const GROUPS = {
  agent: clientFlags,
  server: { ...clientFlags, ...serverFlags },
  namespaced: { ...clientFlags, ...serverFlags, ...namespaceFlags },
} as const;

/** One run of a command that talks to an agent. */
export interface ApiInvocation<F extends FlagTable> extends Invocation<F> {
  /** Client of the agent that flags and environment name. @throws CommandError */
  api(): AgentApi;
}

export interface ApiCommandDefinition<F extends FlagTable> {
  readonly usage: string;
  readonly about: string;
  /** Which connection flags the command takes besides its own. */
  readonly connection: keyof typeof GROUPS;
  readonly flags: F;
  run(invocation: ApiInvocation<F>): Promise<number>;
}

/** A command that talks to an agent: brings the connection flags with it. */
export function defineApiCommand<F extends FlagTable>(
  definition: ApiCommandDefinition<F>,
): Command {
  const flags: FlagTable = { ...GROUPS[definition.connection], ...definition.flags };
  return defineCommand({
    usage: definition.usage,
    about: definition.about,
    flags,
    run: (invocation) => {
      const values = invocation.flags as FlagValues<F> & FlagValues<typeof clientFlags>;
      const api = () => {
        try {
          return openAgentApi(values, invocation.io.env, (path) => readFile(path).toString());
        } catch (error) {
          throw new CommandError(`Error connecting to Consul agent: ${(error as Error).message}`);
        }
      };
      return definition.run({ ...invocation, flags: values, api });
    },
  });
}
