import { readArchive } from '@mesh/snapshot-archive';
import { attempt, defineCommand } from '../command.ts';
import { fileArgument, openSnapshotFile } from '../snapshot-file.ts';

const LABEL_WIDTH = 13;

export const command = defineCommand({
  usage: 'consul snapshot inspect FILE',
  about: `Shows what a snapshot file says about itself, after verifying all of it. Needs no agent.

    $ consul snapshot inspect backup.snap`,
  flags: {},
  async run({ args, print }) {
    const { chunks } = await openSnapshotFile(fileArgument(args));
    const work = readArchive(chunks, { maxStateBytes: Number.MAX_SAFE_INTEGER });
    const { ID, Size, Index, Term, Version } = await attempt('Error verifying snapshot', work);
    for (const [label, value] of Object.entries({ ID, Size, Index, Term, Version })) {
      print(`${label.padEnd(LABEL_WIDTH)}${value}`);
    }
    print('');
    return 0;
  },
});
