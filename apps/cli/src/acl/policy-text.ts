import { fieldLines, hexDigest, type Layout } from './output-format.ts';
import type { Policy } from './records.ts';

const WIDTH = 14;

/** One policy with its rules. */
export const policyLayout: Layout<Policy> = {
  pretty: (policy, meta) =>
    fieldLines([['ID', policy.ID], ['Name', policy.Name], ...fieldsOf(policy, meta)], WIDTH) +
    `Rules:\n${policy.Rules ?? ''}`,
  json: ({ ID, Name, Description, Rules, ...rest }) => ({
    ...{ ID, Name, Description, Rules: Rules ?? '' },
    ...tailOf(rest),
  }),
};

/** Many policies, without their rules. */
export const policyListLayout: Layout<readonly Policy[]> = {
  pretty: (policies, meta) =>
    policies
      .map((policy) => {
        const fields = [['ID', policy.ID] as const, ...fieldsOf(policy, meta)];
        return `${policy.Name}:\n${fieldLines(fields, WIDTH, '   ')}`;
      })
      .join(''),
  json: (policies) =>
    policies.map(({ ID, Name, Description, ...rest }) => ({
      ...{ ID, Name, Description },
      ...tailOf(rest),
    })),
};

function fieldsOf(
  { Description, Datacenters, Hash, CreateIndex, ModifyIndex }: Policy,
  meta: boolean,
): ReadonlyArray<readonly [string, string]> {
  return [
    ['Description', Description],
    ['Datacenters', (Datacenters ?? []).join(', ')],
    ...(meta
      ? ([
          ['Hash', hexDigest(Hash)],
          ['Create Index', String(CreateIndex)],
          ['Modify Index', String(ModifyIndex)],
        ] as const)
      : []),
  ];
}

function tailOf(policy: Pick<Policy, 'Datacenters' | 'Hash' | 'CreateIndex' | 'ModifyIndex'>) {
  const { Datacenters, Hash, CreateIndex, ModifyIndex } = policy;
  return { Datacenters: Datacenters ?? null, Hash: Hash ?? '', CreateIndex, ModifyIndex };
}
