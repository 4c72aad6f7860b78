import type { AclPolicy } from '@mesh/api-contract';
import { namesIn } from './grants.ts';

/** Policy that grants everything: only its name and description may be changed. */
export const MANAGEMENT_ID = '00000000-0000-0000-0000-000000000001';

/** A policy as it is edited. */
export interface PolicyDraft {
  readonly name: string;
  readonly description: string;
  /** HCL or JSON. */
  readonly rules: string;
  /** Names with commas between; '' is everywhere. */
  readonly datacenters: string;
}

/** A policy that is yet to be. */
export const NEW_POLICY: PolicyDraft = { name: '', description: '', rules: '', datacenters: '' };

/** What may be edited of a policy. */
export function policyDraft(policy: AclPolicy): PolicyDraft {
  return {
    name: policy.Name,
    description: policy.Description,
    rules: policy.Rules ?? '',
    datacenters: (policy.Datacenters ?? []).join(', '),
  };
}

/** A copy to begin with. */
export function policyCopy(policy: AclPolicy): PolicyDraft {
  return { ...policyDraft(policy), name: copyName(policy.Name, MAX_POLICY_NAME) };
}

/** The body of the request that saves it. */
export function policyBody(draft: PolicyDraft) {
  return {
    Name: draft.name.trim(),
    Description: draft.description,
    Rules: draft.rules,
    Datacenters: namesIn(draft.datacenters),
  };
}

export const MAX_POLICY_NAME = 128;
export const MAX_ROLE_NAME = 256;

/** What is wrong with the name of a policy, role or auth method. */
export function nameProblem(name: string, maxChars: number): string | undefined {
  const trimmed = name.trim();
  if (trimmed === '') return 'A name is needed.';
  if (/^[A-Za-z0-9\-_]+$/.test(trimmed) && trimmed.length <= maxChars) return undefined;
  return `Accepted are a-z, A-Z, 0-9, - and _, at most ${maxChars}.`;
}

/** A name for a copy, which may be as long as names may be. */
export function copyName(name: string, maxChars: number): string {
  const suffix = '-copy';
  return name.slice(0, maxChars - suffix.length) + suffix;
}
