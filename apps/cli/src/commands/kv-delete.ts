import { boolFlag, CommandError, uintFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { kvPath, optionalKey } from '../kv-target.ts';

export const command = defineApiCommand({
  usage: 'consul kv delete [options] KEY_OR_PREFIX',
  about: `Removes a key, or every key that begins with a prefix. A key that is not there
is no failure.

    $ consul kv delete redis/config/connections
    $ consul kv delete -recurse redis/
    $ consul kv delete -cas -modify-index=844 redis/config/connections`,
  connection: 'namespaced',
  flags: {
    cas: boolFlag('Remove only if the key is still at -modify-index.'),
    'modify-index': uintFlag('Index for -cas, as kv get -detailed shows it.'),
    recurse: boolFlag('Remove every key that begins with the argument.'),
  },
  async run({ flags, args, print, api }) {
    const key = optionalKey(args);
    if (key === '' && !flags.recurse) throw new CommandError('Error! Missing KEY argument');
    const index = flags['modify-index'];
    if (flags.cas && index === 0n) {
      throw new CommandError('Must specify -modify-index with -cas!');
    }
    if (!flags.cas && index !== 0n) {
      throw new CommandError('Cannot specify -modify-index without -cas!');
    }
    if (flags.cas && flags.recurse) {
      throw new CommandError('Cannot specify both -cas and -recurse!');
    }
    if (flags.recurse) {
      const work = api().delete(kvPath(key), { recurse: true });
      await attempt(`Error! Did not delete prefix ${key}`, work);
      print(`Success! Deleted keys with prefix: ${key}`);
      return 0;
    }
    const query = flags.cas ? { cas: String(index) } : {};
    const failure = flags.cas ? `Error! Did not delete key ${key}` : `Error deleting key ${key}`;
    const answer = await attempt(failure, api().delete(kvPath(key), query));
    if (flags.cas && answer.trim() === 'false') {
      throw new CommandError(`Error! Did not delete key ${key}: CAS failed`);
    }
    print(`Success! Deleted key: ${key}`);
    return 0;
  },
});
