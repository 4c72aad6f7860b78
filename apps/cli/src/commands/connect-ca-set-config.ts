import { CommandError, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { CA_CONFIGURATION } from '../ca-configuration.ts';
import { attempt, readFile } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul connect ca set-config [options]',
  about: `Changes how the certificate authority of the mesh is set up. Another key, or another root
of your own, begins a rotation: services get certificates of the new root while the old one is
trusted as long as certificates of it live.

    $ consul connect ca set-config -config-file=ca.json

The file is JSON:

    { "Provider": "consul", "Config": { "LeafCertTTL": "24h", "PrivateKeyType": "rsa" } }`,
  connection: 'server',
  flags: { 'config-file': textFlag('File with the configuration; - is standard input.') },
  async run({ flags, args, print, api }) {
    noArguments(args);
    const file = flags['config-file'];
    if (file === '') throw new CommandError('The -config-file flag is required');
    const text = await attempt('Error reading config file', () =>
      readFile(file === '-' ? '/dev/stdin' : file),
    );
    const body = JSON.stringify(await attempt('Error parsing config file', () => parse(text)));
    await attempt('Error setting CA configuration', api().put(CA_CONFIGURATION, { body }));
    print('Configuration updated!');
    return 0;
  },
});

/** The indexes that get-config shows are not settings. */
function parse(bytes: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error('an object with Provider and Config is accepted');
  }
  const {
    CreateIndex: _created,
    ModifyIndex: _modified,
    State: _state,
    ...settings
  } = value as {
    readonly [name: string]: unknown;
  };
  return settings;
}
