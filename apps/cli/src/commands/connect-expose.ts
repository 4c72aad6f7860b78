import { CommandError, intFlag, listFlag, textFlag } from '@mesh/cli-kit';
import { decodeEntry, type IngressGateway } from '@mesh/config-entry';
import { type AgentApi, ApiStatusError } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { CONFIG, configPath } from '../config-entry-file.ts';
import { findIntention, INTENTIONS } from '../intention-target.ts';
import { noArguments } from '../no-arguments.ts';

type Listener = IngressGateway['Listeners'][number];

const KIND = 'ingress-gateway';

export const command = defineApiCommand({
  usage: 'consul connect expose [options]',
  about: `Lets a service be reached from outside the mesh: adds it to a listener of an ingress
gateway, and an intention that allows the connection.

    $ consul connect expose -service=web -ingress-gateway=edge -port=8080 -protocol=http`,
  connection: 'server',
  flags: {
    host: listFlag('Name of a host that the service is reached by. May be given several times.'),
    'ingress-gateway': textFlag("Name of the gateway's service."),
    port: intFlag("Port of the gateway's listener."),
    protocol: textFlag('Protocol of the listener: tcp, http, http2 or grpc.', 'tcp'),
    service: textFlag('Name of the service.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    const { service, 'ingress-gateway': gateway, port, protocol, host: hosts } = flags;
    if (service === '') {
      throw new CommandError('A service name must be given via the -service flag.');
    }
    if (gateway === '') {
      throw new CommandError(
        'An ingress gateway service must be given via the -ingress-gateway flag.',
      );
    }
    if (port === 0) throw new CommandError('A port must be provided via the -port flag.');
    const client = api();
    const intention = await attempt(
      'Error reading intentions',
      findIntention(client, gateway, service),
    );
    if (intention?.Action === 'deny') {
      throw new CommandError(
        `An intention denies "${gateway}" -> "${service}"; ` +
          `consul intention create -replace -allow ${gateway} ${service} changes it`,
      );
    }
    await attempt(
      `Error exposing "${service}"`,
      exposed(client, gateway, { Port: port, Protocol: protocol, service, hosts }),
    );
    print(`Successfully updated config entry for ingress service "${gateway}"`);
    if (intention) {
      print(`Intention already exists for "${gateway}" -> "${service}"`);
      return 0;
    }
    const body = JSON.stringify({ SourceName: gateway, DestinationName: service, Action: 'allow' });
    await attempt('Error creating intention', client.post(INTENTIONS, { body }));
    print(`Successfully set up intention for "${gateway}" -> "${service}"`);
    return 0;
  },
});

interface Wanted {
  readonly Port: number;
  readonly Protocol: string;
  readonly service: string;
  readonly hosts: readonly string[];
}

/** Writes the gateway's entry with the service on the listener, unless it has changed meanwhile. */
async function exposed(api: AgentApi, gateway: string, wanted: Wanted): Promise<void> {
  const present = await presentEntry(api, gateway);
  const { CreateIndex: _created, ModifyIndex, ...kept } = present ?? { ModifyIndex: 0 };
  const Listeners = withService((kept as Partial<IngressGateway>).Listeners ?? [], wanted);
  const entry = decodeEntry({ ...kept, Kind: KIND, Name: gateway, Listeners });
  const query = { cas: String(ModifyIndex) };
  const answer = await api.put(CONFIG, { query, body: JSON.stringify(entry) });
  if (answer.trim() !== 'true') throw new Error('the entry was changed meanwhile, try again');
}

async function presentEntry(api: AgentApi, gateway: string) {
  try {
    const path = configPath(KIND, gateway);
    return await api.get<IngressGateway & { ModifyIndex: number; CreateIndex: number }>(path);
  } catch (error) {
    if (error instanceof ApiStatusError && error.status === 404) return undefined;
    throw error;
  }
}

function withService(
  listeners: readonly Listener[],
  { Port, Protocol, service, hosts }: Wanted,
): readonly Listener[] {
  const added = { Name: service, Hosts: hosts.length > 0 ? hosts : null };
  const there = listeners.find((one) => one.Port === Port);
  if (!there) return [...listeners, { Port, Protocol, Services: [added] }];
  if (there.Protocol !== Protocol) {
    throw new Error(
      `Listener on port ${Port} already configured with conflicting protocol "${there.Protocol}"`,
    );
  }
  const known = there.Services.find(({ Name }) => Name === service);
  const merged = [...new Set([...(known?.Hosts ?? []), ...hosts])];
  const Services = known
    ? there.Services.map((one) =>
        one === known ? { ...one, Hosts: merged.length > 0 ? merged : null } : one,
      )
    : [...there.Services, added];
  return listeners.map((one) => (one === there ? { ...one, Services } : one));
}
