import { randomFillSync } from 'node:crypto';
import { defineCommand } from '../command.ts';

const KEY_BYTES = 32;

export const command = defineCommand({
  usage: 'consul keygen',
  about: 'Prints a new random key for gossip encryption: 32 bytes in base64.',
  flags: {},
  run({ print }) {
    print(randomFillSync(Buffer.alloc(KEY_BYTES)).toString('base64'));
    return 0;
  },
});
