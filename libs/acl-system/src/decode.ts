import { anything, flag, list, mapOf, record, refine, text } from '@mesh/base';

const OPTIONS = { unknown: 'refuse' } as const;
/** What servers give and clients send back with a record they have read. */
const given = { Hash: text, CreateIndex: anything, ModifyIndex: anything };
const texts = refine(list(text), (value): readonly string[] => value ?? []);
const link = record({ ID: text, Name: text });
/** A Go duration, or, as Go writes one, a number of nanoseconds; 0 is none. */
const duration = refine(anything, (value, path): string => {
  if (typeof value !== 'number') return text.decode(value, path);
  return value === 0 ? '' : String(value);
});
const links = refine(list(link), (value) => value ?? []);

const grants = {
  Policies: links,
  ServiceIdentities: refine(
    list(record({ ServiceName: text, Datacenters: texts })),
    (value) => value ?? [],
  ),
  NodeIdentities: refine(
    list(record({ NodeName: text, Datacenter: text })),
    (value) => value ?? [],
  ),
};

/** A policy to be stored. */
export const policyBody = record(
  {
    ID: text,
    Name: text,
    Description: text,
    Rules: text,
    Datacenters: texts,
    Namespace: text,
    ...given,
  },
  OPTIONS,
);

/** A role to be stored. */
export const roleBody = record(
  { ID: text, Name: text, Description: text, Namespace: text, ...grants, ...given },
  OPTIONS,
);

/** A token to be stored. */
export const tokenBody = record(
  {
    AccessorID: text,
    SecretID: text,
    Description: text,
    Roles: links,
    Local: flag,
    AuthMethod: text,
    ExpirationTime: text,
    ExpirationTTL: duration,
    CreateTime: text,
    Legacy: anything,
    Type: text,
    Rules: text,
    ID: text,
    Namespace: text,
    ...grants,
    ...given,
  },
  OPTIONS,
);

/** An auth method to be stored. */
export const authMethodBody = record(
  {
    Name: text,
    Type: text,
    DisplayName: text,
    Description: text,
    MaxTokenTTL: anything,
    TokenLocality: text,
    Config: refine(mapOf(anything), (value) => value ?? {}),
    Namespace: text,
    ...given,
  },
  OPTIONS,
);

/** A binding rule to be stored. */
export const bindingRuleBody = record(
  {
    ID: text,
    Description: text,
    AuthMethod: text,
    Selector: text,
    BindType: text,
    BindName: text,
    Namespace: text,
    ...given,
  },
  OPTIONS,
);

/** A login. */
export const loginBody = record(
  {
    AuthMethod: text,
    BearerToken: text,
    Meta: refine(mapOf(text), (value) => value ?? {}),
    Namespace: text,
  },
  OPTIONS,
);

/** A token of the API of before 1.4. */
export const legacyBody = record({ ID: text, Name: text, Type: text, Rules: text });

/** Questions of /v1/internal/acl/authorize. */
export const questionsBody = refine(
  list(record({ Resource: text, Segment: text, Access: text })),
  (value) => value ?? [],
);
