import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { CommandError } from '@mesh/cli-kit';
import { type ArchiveMeta, readArchive } from '@mesh/snapshot-archive';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt, fileError } from '../command.ts';
import { fileArgument, openSnapshotFile } from '../snapshot-file.ts';

export const command = defineApiCommand({
  usage: 'consul snapshot save [options] FILE',
  about: `Saves all that the servers hold to a file, and verifies it. A file of that name is replaced
only when the new one is complete. The file holds secrets where the state does; its owner alone may
read it.

    $ consul snapshot save backup.snap`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    const file = fileArgument(args);
    const unverified = `${file}.unverified`;
    const agent = api();
    try {
      await download(agent, unverified);
      const { Index } = await verify(unverified);
      await attempt('Error renaming snapshot file', () => renameSync(unverified, file));
      print(`Saved and verified snapshot to index ${Index}`);
      return 0;
    } finally {
      rmSync(unverified, { force: true });
    }
  },
});

async function download(api: AgentApi, path: string): Promise<void> {
  const handle = create(path);
  try {
    // Written as it arrives: nobody waits for this process, and nothing piles up in it.
    const take = (chunk: Buffer) => write(handle, chunk);
    const work = api.follow('/v1/snapshot', {}, take, new AbortController().signal);
    await attempt('Error saving snapshot', work);
    await attempt('Error writing snapshot file', () => fsyncSync(handle));
  } finally {
    closeSync(handle);
  }
}

function create(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    throw new CommandError(`Error creating snapshot file: ${fileError(error, path).message}`);
  }
}

function write(handle: number, chunk: Buffer): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(handle, chunk, at);
}

async function verify(path: string): Promise<ArchiveMeta> {
  const { chunks } = await openSnapshotFile(path);
  const work = readArchive(chunks, { maxStateBytes: Number.MAX_SAFE_INTEGER });
  return attempt('Error verifying snapshot file', work);
}
