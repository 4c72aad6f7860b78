import { textFlag } from '@mesh/cli-kit';
import { idOfEither } from '../acl/id-or-name.ts';
import { POLICIES, pathOf } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import { policyLayout } from '../acl/policy-text.ts';
import type { Policy } from '../acl/records.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl policy read [options]',
  about: `Shows a policy with its rules, named by ID, the beginning of it, or name.

    $ consul acl policy read -id=3a91c503
    $ consul acl policy read -name=app -format=json`,
  connection: 'namespaced',
  flags: {
    format: formatFlag,
    id: textFlag('ID of the policy, or the beginning of it.'),
    meta: metaFlag,
    name: textFlag('Name of the policy.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const id = await idOfEither(api, POLICIES, flags);
    const work = api().get<Policy>(pathOf(POLICIES, id));
    print(formatted(policyLayout, await attempt(`Error reading policy "${id}"`, work), flags));
    return 0;
  },
});
