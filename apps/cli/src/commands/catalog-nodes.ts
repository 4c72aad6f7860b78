import type { CatalogNode, ServiceNode } from '@mesh/api-contract';
import { boolFlag, columns, mapFlag, textFlag } from '@mesh/cli-kit';
import { encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';
import { nodeMetaQuery } from '../node-meta.ts';

/** What /v1/catalog/nodes and /v1/catalog/service have in common. */
type NodeRow = Pick<CatalogNode, 'ID' | 'Node' | 'Address' | 'Datacenter' | 'TaggedAddresses'> & {
  readonly Meta?: CatalogNode['Meta'];
  readonly NodeMeta?: ServiceNode['NodeMeta'];
};

export const command = defineApiCommand({
  usage: 'consul catalog nodes [options]',
  about: `Lists the nodes of a datacenter, or those that run a service.

    $ consul catalog nodes -service=web -near=_agent`,
  connection: 'server',
  flags: {
    detailed: boolFlag('Print whole ids, tagged addresses and metadata.'),
    filter: textFlag('Expression that a node must meet.'),
    near: textFlag('Nearest to this node first; _agent is the node of the agent.'),
    'node-meta': mapFlag('key=value that the metadata of a node must have; repeatable.'),
    service: textFlag('Only nodes that run this service.'),
  },
  async run({ flags, args, print, complain, api }) {
    noArguments(args);
    const path = flags.service
      ? `/v1/catalog/service/${encodePath(flags.service)}`
      : '/v1/catalog/nodes';
    const query = {
      near: flags.near || undefined,
      filter: flags.filter || undefined,
      'node-meta': nodeMetaQuery(flags['node-meta']),
    };
    const nodes = await attempt('Error listing nodes', api().get<readonly NodeRow[]>(path, query));
    if (nodes.length === 0) {
      complain('No nodes match the given query - try expanding your search.');
      return 0;
    }
    print(columns(flags.detailed ? detailedRows(nodes) : standardRows(nodes)));
    return 0;
  },
});

function standardRows(nodes: readonly NodeRow[]): readonly (readonly string[])[] {
  const rows = nodes.map((node) => [
    node.Node,
    node.ID.split('-')[0]!,
    node.Address,
    node.Datacenter,
  ]);
  return [['Node', 'ID', 'Address', 'DC'], ...rows];
}

function detailedRows(nodes: readonly NodeRow[]): readonly (readonly string[])[] {
  const rows = nodes.map((node) => [
    node.Node,
    node.ID,
    node.Address,
    node.Datacenter,
    pairs(node.TaggedAddresses),
    pairs(node.Meta ?? node.NodeMeta ?? null),
  ]);
  return [['Node', 'ID', 'Address', 'DC', 'TaggedAddresses', 'Meta'], ...rows];
}

function pairs(map: Readonly<Record<string, string>> | null): string {
  const names = Object.keys(map ?? {}).sort();
  return names.map((name) => `${name}=${map![name]}`).join(', ');
}
