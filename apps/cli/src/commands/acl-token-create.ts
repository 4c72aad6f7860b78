import { formatDuration } from '@mesh/base';
import { boolFlag, CommandError, durationFlag, textFlag } from '@mesh/cli-kit';
import { grantFlags, grantsAnything, roleFlags, wantedGrants } from '../acl/grants.ts';
import { putRecord, TOKENS } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { Token } from '../acl/records.ts';
import { tokenLayout } from '../acl/token-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl token create [options]',
  about: `Creates a token with policies, roles or identities.

    $ consul acl token create -description='Reads nodes' -policy-name=nodes
    $ consul acl token create -service-identity=web:dc1 -expires-ttl=15m`,
  connection: 'namespaced',
  flags: {
    ...grantFlags,
    ...roleFlags,
    accessor: textFlag('Accessor it gets, a UUID; without one, the servers choose.'),
    description: textFlag('Description of the token.'),
    'expires-ttl': durationFlag('How long it counts; 0 for ever.'),
    format: formatFlag,
    local: boolFlag('Let it count in this datacenter alone.'),
    meta: metaFlag,
    secret: textFlag(
      'Secret it gets, a UUID from a good source of randomness; without one, the servers choose.',
    ),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (!grantsAnything(flags)) {
      throw new CommandError(
        'Cannot create a token without specifying -policy-name, -policy-id, -role-name, ' +
          '-role-id, -service-identity, or -node-identity at least once',
      );
    }
    const ttlMs = flags['expires-ttl'];
    if (ttlMs < 0) throw new CommandError('-expires-ttl must not be negative');
    const client = api();
    const wanted = {
      Description: flags.description,
      Local: flags.local,
      ...(flags.accessor === '' ? {} : { AccessorID: flags.accessor }),
      ...(flags.secret === '' ? {} : { SecretID: flags.secret }),
      ...(await wantedGrants(client, flags)),
      ...(ttlMs === 0 ? {} : { ExpirationTTL: formatDuration(ttlMs) }),
    };
    const work = putRecord<Token>(client, TOKENS.one, wanted);
    print(formatted(tokenLayout, await attempt('Failed to create new token', work), flags));
    return 0;
  },
});
