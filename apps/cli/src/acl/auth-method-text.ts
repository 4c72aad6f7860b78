import { goJson } from '@mesh/cli-kit';
import { fieldLines, type Layout, withoutEmpty } from './output-format.ts';
import type { AuthMethod } from './records.ts';

const WIDTH = 15;

/** One auth method with its configuration. */
export const authMethodLayout: Layout<AuthMethod> = {
  pretty: (method, meta) =>
    fieldLines([['Name', method.Name], ...fieldsOf(method, meta)], WIDTH) +
    `Config:\n${goJson(sorted(method.Config ?? {}), '  ')}\n`,
  json: (method) => {
    const { CreateIndex, ModifyIndex, ...fields } = methodFields(method);
    return { ...fields, Config: sorted(method.Config ?? {}), CreateIndex, ModifyIndex };
  },
};

/** Many auth methods, without their configuration. */
export const authMethodListLayout: Layout<readonly AuthMethod[]> = {
  pretty: (methods, meta) =>
    methods
      .map((method) => `${method.Name}:\n${fieldLines(fieldsOf(method, meta), WIDTH, '   ')}`)
      .join(''),
  json: (methods) => methods.map(methodFields),
};

function fieldsOf(method: AuthMethod, meta: boolean): ReadonlyArray<readonly [string, string]> {
  const optional = ['DisplayName', 'MaxTokenTTL', 'TokenLocality'] as const;
  return [
    ['Type', method.Type],
    ['Description', method.Description ?? ''],
    ...optional.flatMap((name) => {
      const value = method[name];
      return value ? [[name, value] as const] : [];
    }),
    ...(meta
      ? ([
          ['Create Index', String(method.CreateIndex)],
          ['Modify Index', String(method.ModifyIndex)],
        ] as const)
      : []),
  ];
}

function methodFields(method: AuthMethod): Record<string, unknown> {
  const { MaxTokenTTL, Name, Type, DisplayName, Description, TokenLocality } = method;
  return {
    ...withoutEmpty({ MaxTokenTTL, Name, Type, DisplayName, Description, TokenLocality }),
    CreateIndex: method.CreateIndex,
    ModifyIndex: method.ModifyIndex,
  };
}

/** Keys in the order of their names, as Go writes a map. */
function sorted(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}
