import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { fileArgument, openSnapshotFile } from '../snapshot-file.ts';

export const command = defineApiCommand({
  usage: 'consul snapshot restore [options] FILE',
  about: `Puts the state in a snapshot file in the place of all that the servers hold: keys, sessions,
the catalog, prepared queries and the rest. The file is verified before anything is changed. What
was written since the snapshot is lost.

    $ consul snapshot restore backup.snap`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    const body = await openSnapshotFile(fileArgument(args));
    await attempt('Error restoring snapshot', api().put('/v1/snapshot', { body }));
    print('Restored snapshot');
    return 0;
  },
});
