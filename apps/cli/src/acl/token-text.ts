import { goTime } from './go-time.ts';
import { grantFields, grantLines } from './grant-text.ts';
import { fieldLines, hexDigest, type Layout, withoutEmpty } from './output-format.ts';
import type { Token } from './records.ts';

const WIDTH = 18;

/** One token, with its secret. */
export const tokenLayout: Layout<Token> = {
  pretty(token, meta) {
    const rules = token.Rules ? `Rules:\n${token.Rules}\n` : '';
    return fieldLines(fieldsOf(token, meta), WIDTH) + grantLines(token) + rules;
  },
  json: tokenFields,
};

/** Many tokens: without secrets, and with a word on which are of before 1.4. */
export const tokenListLayout: Layout<readonly Token[]> = {
  pretty: (tokens, meta) =>
    tokens
      .map((token) => fieldLines(listFieldsOf(token, meta), WIDTH) + grantLines(token))
      .join('\n'),
  json: (tokens) =>
    tokens.map(({ SecretID: _secret, Rules, Legacy, ...token }) => ({
      ...tokenFields(token),
      Legacy: Legacy ?? Boolean(Rules),
    })),
};

type Fields = ReadonlyArray<readonly [string, string]>;

function fieldsOf(token: Token, meta: boolean): Fields {
  return [
    ['AccessorID', token.AccessorID],
    ['SecretID', token.SecretID ?? ''],
    ...ownFields(token),
    ...(meta ? metaFields(token) : []),
  ];
}

function listFieldsOf(token: Token, meta: boolean): Fields {
  const { AccessorID, Legacy, Rules } = token;
  return [
    ['AccessorID', AccessorID],
    ...ownFields(token),
    ['Legacy', String(Legacy ?? Boolean(Rules))],
    ...(meta ? metaFields(token) : []),
  ];
}

function ownFields(token: Token): Fields {
  const { AuthMethod, ExpirationTime } = token;
  return [
    ['Description', token.Description],
    ['Local', String(token.Local)],
    ...(AuthMethod ? ([['Auth Method', AuthMethod]] as const) : []),
    ['Create Time', goTime(token.CreateTime)],
    ...(ExpirationTime ? ([['Expiration Time', goTime(ExpirationTime)]] as const) : []),
  ];
}

function metaFields({ Hash, CreateIndex, ModifyIndex }: Token): Fields {
  return [
    ['Hash', hexDigest(Hash)],
    ['Create Index', String(CreateIndex)],
    ['Modify Index', String(ModifyIndex)],
  ];
}

function tokenFields(token: Token): Record<string, unknown> {
  const { AuthMethod, ExpirationTime, CreateTime, Hash, Rules } = token;
  return {
    CreateIndex: token.CreateIndex,
    ModifyIndex: token.ModifyIndex,
    AccessorID: token.AccessorID,
    ...withoutEmpty({ SecretID: token.SecretID }),
    Description: token.Description,
    ...grantFields(token),
    Local: token.Local,
    ...withoutEmpty({ AuthMethod, ExpirationTime, CreateTime, Hash, Rules }),
  };
}
