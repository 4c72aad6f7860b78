import { CommandError, type FlagValues, intFlag, listFlag, mapFlag, textFlag } from '@mesh/cli-kit';
import { loadDefinitionFile } from '@mesh/config';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { type Registration, registrationOf } from '../service-registration.ts';

const FLAGS = {
  address: textFlag("Address of the service; without one, the node's."),
  id: textFlag('Id on this agent; without one, the name.'),
  kind: textFlag('Kind of service, for proxies and gateways.'),
  meta: mapFlag('key=value of metadata; repeatable.'),
  name: textFlag('Name of the service.'),
  port: intFlag('Port of the service.'),
  tag: listFlag('Tag; repeatable.'),
  'tagged-address': mapFlag('name=ADDRESS:PORT of a further address; repeatable.'),
};

export const command = defineApiCommand({
  usage: 'consul services register [options] [FILE...]',
  about: `Registers services with the agent: those that definition files (.json or .hcl)
contain, or one that flags describe.

    $ consul services register web.json
    $ consul services register -name=web -port=80 -tag=v1`,
  connection: 'namespaced',
  flags: FLAGS,
  async run({ flags, args, print, api }) {
    if (args.length === 0 && flags.name === '') {
      throw new CommandError('Service registration requires at least one argument or flags.');
    }
    const registrations = await attempt('Error', () =>
      args.length > 0 ? args.flatMap(readRegistrations) : [describedBy(flags)],
    );
    const agent = api();
    for (const registration of registrations) {
      const body = JSON.stringify(registration);
      const work = agent.put('/v1/agent/service/register', { body });
      await attempt(`Error registering service ${JSON.stringify(registration.Name)}`, work);
      print(`Registered service: ${registration.Name}`);
    }
    return 0;
  },
});

function readRegistrations(file: string): readonly Registration[] {
  return loadDefinitionFile(file).services.map(registrationOf);
}

function describedBy(flags: FlagValues<typeof FLAGS>): Registration {
  const addresses = [...flags['tagged-address']].map(([name, text]) => [name, addressOf(text)]);
  return {
    Kind: flags.kind || undefined,
    ID: flags.id || undefined,
    Name: flags.name,
    Tags: flags.tag,
    Port: flags.port,
    Address: flags.address,
    TaggedAddresses: Object.fromEntries(addresses),
    Meta: Object.fromEntries(flags.meta),
  };
}

function addressOf(text: string): { readonly Address: string; readonly Port: number } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text);
  if (!match) throw new Error(`-tagged-address ${text}: accepted is name=ADDRESS:PORT`);
  return { Address: match[1]!.replace(/^\[|\]$/g, ''), Port: Number(match[2] ?? 0) };
}
