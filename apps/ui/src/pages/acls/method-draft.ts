import type { AclAuthMethod } from '@mesh/api-contract';
import { copyName, MAX_ROLE_NAME, nameProblem } from './policy-draft.ts';
import { ttlProblem } from './token-draft.ts';

export type MethodType = 'jwt' | 'kubernetes';

/** An auth method as it is edited. */
export interface MethodDraft {
  readonly name: string;
  readonly type: string;
  readonly displayName: string;
  readonly description: string;
  /** Go duration; '' is for ever. */
  readonly maxTtl: string;
  readonly locality: 'local' | 'global';
  /** JSON. */
  readonly config: string;
}

/** Configurations to begin with, as JSON. */
const TEMPLATES: Readonly<Record<MethodType, object>> = {
  jwt: {
    JWTValidationPubKeys: ['-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----'],
    BoundAudiences: [],
    ClaimMappings: { sub: 'user' },
  },
  kubernetes: {
    Host: 'https://192.0.2.42:8443',
    CACert: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----',
    ServiceAccountJWT: '',
  },
};

const printed = (config: object) => JSON.stringify(config, undefined, 2);

/** A method of a type that is yet to be. */
export function newMethod(type: MethodType): MethodDraft {
  return {
    name: '',
    type,
    displayName: '',
    description: '',
    maxTtl: '',
    locality: 'local',
    config: printed(TEMPLATES[type]),
  };
}

/** Another type: an untouched template gives way to that of the type. */
export function withType(draft: MethodDraft, type: MethodType): MethodDraft {
  const isUntouched = Object.values(TEMPLATES).some((config) => printed(config) === draft.config);
  return { ...draft, type, config: isUntouched ? printed(TEMPLATES[type]) : draft.config };
}

/** What may be edited of an auth method. */
export function methodDraft(method: AclAuthMethod): MethodDraft {
  return {
    name: method.Name,
    type: method.Type,
    displayName: method.DisplayName ?? '',
    description: method.Description ?? '',
    maxTtl: method.MaxTokenTTL ?? '',
    locality: method.TokenLocality === 'global' ? 'global' : 'local',
    config: printed(method.Config ?? {}),
  };
}

/** A copy to begin with. */
export function methodCopy(method: AclAuthMethod): MethodDraft {
  return { ...methodDraft(method), name: copyName(method.Name, MAX_ROLE_NAME) };
}

/** The body of the request that saves it. Throws SyntaxError on a configuration that is no JSON. */
export function methodBody(draft: MethodDraft) {
  return {
    Name: draft.name.trim(),
    Type: draft.type,
    DisplayName: draft.displayName,
    Description: draft.description,
    ...(draft.maxTtl.trim() !== '' && { MaxTokenTTL: draft.maxTtl.trim() }),
    TokenLocality: draft.locality,
    Config: JSON.parse(draft.config) as unknown,
  };
}

/** What is wrong with a configuration. */
export function configProblem(text: string): string | undefined {
  try {
    const config: unknown = JSON.parse(text);
    if (config !== null && typeof config === 'object' && !Array.isArray(config)) return undefined;
    return 'A JSON object is needed: { … }.';
  } catch (thrown) {
    return `Not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** What is wrong with how long tokens of logins shall count: global ones must end. */
export function maxTtlProblem({ maxTtl, locality }: MethodDraft): string | undefined {
  if (maxTtl.trim() === '' && locality === 'global') {
    return 'Tokens that count in every datacenter must end: 1m to 24h.';
  }
  return ttlProblem(maxTtl);
}

/** Whether a method may be sent. */
export function isMethodValid(draft: MethodDraft): boolean {
  return (
    nameProblem(draft.name, MAX_ROLE_NAME) === undefined &&
    maxTtlProblem(draft) === undefined &&
    configProblem(draft.config) === undefined
  );
}
