import { CommandError, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul operator raft remove-peer [options]',
  about: `Takes a server out of the Raft configuration, by its id or by its address: one that
is lost for good and that nothing else removes. A server that lives comes back.

    $ consul operator raft remove-peer -address=10.0.1.8:8300`,
  connection: 'server',
  flags: {
    address: textFlag('Address of the server, IP:PORT of its RPC, as list-peers shows it.'),
    id: textFlag('Id of the server, as list-peers shows it.'),
  },
  async run({ flags: { address, id }, args, print, api }) {
    noArguments(args);
    if (address === '' && id === '')
      throw failure('an address or id is required for the peer to remove');
    if (address !== '' && id !== '') throw failure('cannot give both an address and id');
    const query = address === '' ? { id } : { address };
    await attempt('Error removing peer', api().delete('/v1/operator/raft/peer', query));
    const [what, value] = address === '' ? ['id', id] : ['address', address];
    print(`Removed peer with ${what} ${JSON.stringify(value)}`);
    return 0;
  },
});

function failure(why: string): CommandError {
  return new CommandError(`Error removing peer: ${why}`);
}
