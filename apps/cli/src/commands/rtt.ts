import type { Coordinate } from '@mesh/api-contract';
import { boolFlag, CommandError } from '@mesh/cli-kit';
import { distance } from '@mesh/coordinate';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt, UsageError } from '../command.ts';

interface AgentSelf {
  readonly Config: { readonly NodeName: string; readonly Datacenter: string };
}

interface NodeCoordinate {
  readonly Node: string;
  readonly Segment: string;
  readonly Coord: Coordinate;
}

interface DatacenterCoordinates {
  readonly Datacenter: string;
  readonly AreaID: string;
  readonly Coordinates: readonly NodeCoordinate[];
}

/** Coordinates of a node by what they compare within: segment, or area of the wide-area pool. */
type Places = ReadonlyMap<string, Coordinate>;

export const command = defineApiCommand({
  usage: 'consul rtt [options] node1 [node2]',
  about: `Estimates the round-trip time between two nodes by their network coordinates,
without sending anything. Without node2 it is the node of the agent.

    $ consul rtt n1 n2
    $ consul rtt -wan n1.dc1 n2.dc2`,
  connection: 'agent',
  flags: { wan: boolFlag('Names are NODE.DATACENTER, of servers.') },
  async run({ flags, args, print, api }) {
    if (args.length < 1 || args.length > 2) {
      throw new UsageError('One or two node names must be specified');
    }
    const agent = api();
    const [first, second] = [args[0]!, args[1] ?? (await ownName(agent, flags.wan))];
    const find = flags.wan ? await wanPlaces(agent) : await lanPlaces(agent);
    const [from, to] = [find(first), find(second)];
    if (from.size === 0) throw unknownNode(first);
    if (to.size === 0) throw unknownNode(second);
    const shared = [...from.keys()].find((place) => to.has(place));
    if (shared === undefined) {
      throw new CommandError(`${first} and ${second} share no network segment`);
    }
    const ms = distance(from.get(shared)!, to.get(shared)!) * 1000;
    const source = flags.wan ? 'WAN' : 'LAN';
    print(
      `Estimated ${first} <-> ${second} rtt: ${ms.toFixed(3)} ms (using ${source} coordinates)`,
    );
    return 0;
  },
});

async function ownName(api: AgentApi, wan: boolean): Promise<string> {
  const work = api.get<AgentSelf>('/v1/agent/self');
  const { Config } = await attempt('Unable to look up agent info', work);
  return wan ? `${Config.NodeName}.${Config.Datacenter}` : Config.NodeName;
}

async function lanPlaces(api: AgentApi): Promise<(name: string) => Places> {
  const work = api.get<readonly NodeCoordinate[]>('/v1/coordinate/nodes');
  const entries = await attempt('Error getting coordinates', work);
  return (name) =>
    new Map(
      entries
        .filter((entry) => entry.Node.toLowerCase() === name.toLowerCase())
        .map((entry) => [entry.Segment, entry.Coord]),
    );
}

async function wanPlaces(api: AgentApi): Promise<(name: string) => Places> {
  const work = api.get<readonly DatacenterCoordinates[]>('/v1/coordinate/datacenters');
  const areas = await attempt('Error getting coordinates', work);
  return (name) => {
    const [node, datacenter, ...rest] = name.split('.');
    if (datacenter === undefined || rest.length > 0) {
      throw new CommandError('Node names must be specified as <node name>.<datacenter> with -wan');
    }
    const places = new Map<string, Coordinate>();
    for (const area of areas.filter((one) => one.Datacenter === datacenter)) {
      const entry = area.Coordinates.find((one) => one.Node.toLowerCase() === node!.toLowerCase());
      if (entry) places.set(area.AreaID, entry.Coord);
    }
    return places;
  };
}

function unknownNode(name: string): CommandError {
  return new CommandError(`Could not find a coordinate for node ${JSON.stringify(name)}`);
}
