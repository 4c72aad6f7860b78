import type { RaftConfiguration, RaftServer } from '@mesh/api-contract';
import { columns } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul operator raft list-peers [options]',
  about: `Lists the servers of the Raft configuration: who leads, and who has a vote.
With -stale any server answers, so that it works while nobody leads.

    $ consul operator raft list-peers -stale`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    noArguments(args);
    const work = api().get<RaftConfiguration>('/v1/operator/raft/configuration');
    const { Servers } = await attempt('Error getting peers', work);
    const header = ['Node', 'ID', 'Address', 'State', 'Voter', 'RaftProtocol'];
    print(columns([header, ...Servers.map(row)]));
    return 0;
  },
});

function row({ Node, ID, Address, Leader, Voter, ProtocolVersion }: RaftServer): readonly string[] {
  const state = Leader ? 'leader' : 'follower';
  // Servers of versions before 0.8 do not tell.
  return [Node, ID, Address, state, String(Voter), ProtocolVersion || '<=1'];
}
