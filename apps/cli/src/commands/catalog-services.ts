import { boolFlag, mapFlag, textFlag } from '@mesh/cli-kit';
import { type AgentApi, encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';
import { nodeMetaQuery } from '../node-meta.ts';

type Tags = ReadonlyMap<string, readonly string[]>;

interface NodeWithServices {
  readonly Services: Readonly<
    Record<string, { readonly Service: string; readonly Tags: readonly string[] | null }>
  >;
}

const COLUMN_GAP = 6;

export const command = defineApiCommand({
  usage: 'consul catalog services [options]',
  about: `Lists the names of the services of a datacenter, or of one node.

    $ consul catalog services -tags
    $ consul catalog services -node=web-1`,
  connection: 'namespaced',
  flags: {
    node: textFlag('Only services on this node.'),
    'node-meta': mapFlag('key=value that the metadata of a node must have; repeatable.'),
    tags: boolFlag('Print the tags of each service.'),
  },
  async run({ flags, args, print, complain, api }) {
    noArguments(args);
    const agent = api();
    const services = flags.node
      ? await attempt('Error listing services', ofNode(agent, flags.node))
      : await attempt('Error listing services', ofDatacenter(agent, flags['node-meta']));
    if (services.size === 0) {
      complain('No services match the given query - try expanding your search.');
      return 0;
    }
    const names = [...services.keys()].sort();
    const width = Math.max(...names.map((name) => name.length)) + COLUMN_GAP;
    for (const name of names) {
      const tags = [...services.get(name)!].sort();
      print(flags.tags ? `${name.padEnd(width)}${tags.join(',')}` : name);
    }
    return 0;
  },
});

async function ofDatacenter(api: AgentApi, meta: ReadonlyMap<string, string>): Promise<Tags> {
  const query = { 'node-meta': nodeMetaQuery(meta) };
  const found = await api.get<Record<string, string[]>>('/v1/catalog/services', query);
  return new Map(Object.entries(found));
}

async function ofNode(api: AgentApi, node: string): Promise<Tags> {
  const path = `/v1/catalog/node/${encodePath(node)}`;
  const found = await api.get<NodeWithServices | null>(path);
  const services = new Map<string, readonly string[]>();
  for (const { Service, Tags } of Object.values(found?.Services ?? {})) {
    services.set(Service, [...new Set([...(services.get(Service) ?? []), ...(Tags ?? [])])]);
  }
  return services;
}
