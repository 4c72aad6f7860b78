import { POLICIES } from '../acl/lookup.ts';
import { checkFormat, formatFlag, metaFlag, printList } from '../acl/output-format.ts';
import { policyListLayout } from '../acl/policy-text.ts';
import type { Policy } from '../acl/records.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl policy list [options]',
  about: `Lists all policies, without their rules.

    $ consul acl policy list -format=json`,
  connection: 'namespaced',
  flags: { format: formatFlag, meta: metaFlag },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const work = api().get<readonly Policy[] | null>(POLICIES.list);
    const policies = await attempt('Failed to retrieve the policy list', work);
    printList(policyListLayout, policies, flags, print);
    return 0;
  },
});
