// Decisions.
export type { Authorizer, Fallback, WantedAccess } from './authorizer.ts';
export { ALLOW_ALL, createAuthorizer, DENY_ALL, MANAGE_ALL } from './authorizer.ts';
export { nodeIdentityRules, serviceIdentityRules } from './identity-rules.ts';
export { printRules, translateLegacyRules } from './legacy-rules.ts';
export { parseRules, type RuleSyntax } from './parse-rules.ts';
export type { Access, PlainResource, PolicyRules, SegmentResource, SegmentRule } from './rules.ts';
export { NO_RULES } from './rules.ts';
