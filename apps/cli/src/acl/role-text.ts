import { grantFields, grantLines } from './grant-text.ts';
import { fieldLines, hexDigest, type Layout } from './output-format.ts';
import type { Role } from './records.ts';

const WIDTH = 14;

/** One role. */
export const roleLayout: Layout<Role> = {
  pretty: (role, meta) =>
    fieldLines([['ID', role.ID], ['Name', role.Name], ...fieldsOf(role, meta)], WIDTH) +
    grantLines(role),
  json: roleFields,
};

/** Many roles. */
export const roleListLayout: Layout<readonly Role[]> = {
  pretty: (roles, meta) =>
    roles
      .map((role) => {
        const fields = [['ID', role.ID] as const, ...fieldsOf(role, meta)];
        return `${role.Name}:\n${fieldLines(fields, WIDTH, '   ')}${grantLines(role, '   ')}`;
      })
      .join(''),
  json: (roles) => roles.map(roleFields),
};

function fieldsOf(role: Role, meta: boolean): ReadonlyArray<readonly [string, string]> {
  const { Description, Hash, CreateIndex, ModifyIndex } = role;
  if (!meta) return [['Description', Description]];
  return [
    ['Description', Description],
    ['Hash', hexDigest(Hash)],
    ['Create Index', String(CreateIndex)],
    ['Modify Index', String(ModifyIndex)],
  ];
}

function roleFields(role: Role): Record<string, unknown> {
  const { ID, Name, Description, Hash, CreateIndex, ModifyIndex } = role;
  return {
    ...{ ID, Name, Description },
    ...grantFields(role),
    ...{ Hash: Hash ?? '', CreateIndex, ModifyIndex },
  };
}
