import { boolFlag, CommandError, textFlag } from '@mesh/cli-kit';
import { type AgentApi, encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';

const NODE_CHECK = '_node_maintenance';
const SERVICE_CHECK_PREFIX = '_service_maintenance:';

interface AgentSelf {
  readonly Config: { readonly NodeName: string };
}

interface AgentCheck {
  readonly CheckID: string;
  readonly Node: string;
  readonly Notes: string;
  readonly ServiceID: string;
}

export const command = defineApiCommand({
  usage: 'consul maint [options]',
  about: `Takes the node, or one service on it, out of DNS and health answers and puts it
back; without -enable and -disable, prints what is in maintenance.

    $ consul maint -enable -reason="New disk"
    $ consul maint -enable -service=redis
    $ consul maint -disable`,
  connection: 'agent',
  flags: {
    disable: boolFlag('End maintenance.'),
    enable: boolFlag('Begin maintenance.'),
    reason: textFlag('Why, shown to whoever looks at the check.'),
    service: textFlag('Id of the service; without one, the whole node.'),
  },
  async run({ flags, print, api }) {
    const { enable, disable, reason, service } = flags;
    if (enable && disable) {
      throw new CommandError('Only one of -enable or -disable may be provided');
    }
    if (!enable && reason !== '') {
      throw new CommandError('Reason may only be provided with -enable');
    }
    if (!enable && !disable) {
      if (service !== '') throw new CommandError('Service requires either -enable or -disable');
      await list(api(), print);
      return 0;
    }
    const target = service === '' ? 'maintenance' : `service/maintenance/${encodePath(service)}`;
    const query = { enable: String(enable), reason: enable ? reason || undefined : undefined };
    const what = service === '' ? 'node' : 'service';
    const failure = `Error ${enable ? 'enabling' : 'disabling'} ${what} maintenance`;
    await attempt(failure, api().put(`/v1/agent/${target}`, { query }));
    const state = `maintenance is now ${enable ? 'enabled' : 'disabled'}`;
    print(service === '' ? `Node ${state}` : `Service ${state} for ${JSON.stringify(service)}`);
    return 0;
  },
});

async function list(api: AgentApi, print: (line: string) => void): Promise<void> {
  const self = await attempt('Error querying Consul agent', api.get<AgentSelf>('/v1/agent/self'));
  const checks = await attempt(
    'Error getting checks',
    api.get<Readonly<Record<string, AgentCheck>>>('/v1/agent/checks'),
  );
  for (const id of Object.keys(checks).sort()) {
    const check = checks[id]!;
    if (check.CheckID === NODE_CHECK) {
      print(`Node:\n  Name:   ${self.Config.NodeName}\n  Reason: ${check.Notes}\n`);
    } else if (check.CheckID.startsWith(SERVICE_CHECK_PREFIX)) {
      print(`Service:\n  ID:     ${check.ServiceID}\n  Reason: ${check.Notes}\n`);
    }
  }
}
