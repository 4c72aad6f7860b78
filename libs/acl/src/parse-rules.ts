import { invalid, MeshError } from '@mesh/base';
import { type HclObject, type HclValue, parseHcl } from '@mesh/hcl';
import { parseJson } from './parse-json.ts';
import {
  type Access,
  PLAIN_RESOURCES,
  type PlainResource,
  type PolicyRules,
  SEGMENT_RESOURCES,
  type SegmentResource,
  type SegmentRule,
} from './rules.ts';

/** Longest rules that are read, characters; far more than a policy of hundreds of rules takes. */
const MAX_RULES_LENGTH = 512 * 1024;
const PREFIX = '_prefix';

/** `current`: `key` is exact and `key_prefix` a prefix. `legacy`, before 1.4: every name is a prefix. */
export type RuleSyntax = 'current' | 'legacy';

/**
 * Reads the rules of a policy in HCL or JSON. Throws MeshError `invalid-argument` naming what was wrong and
 * what is accepted: unknown resources and keys are refused rather than ignored, since who wrote them meant
 * something by them.
 */
export function parseRules(text: string, syntax: RuleSyntax = 'current'): PolicyRules {
  const parsed = parseText(text);
  const plain: Partial<Record<PlainResource, Access>> = {};
  const exact: SegmentRule[] = [];
  const prefix: SegmentRule[] = [];
  for (const [key, value] of Object.entries(parsed)) {
    if (isPlain(key, syntax)) {
      plain[key] = accessOf(key, lastOf(value), ['read', 'write', 'deny']);
      continue;
    }
    const { resource, isPrefix } = resourceOf(key, syntax);
    const rules = blocksOf(key, value).map(([name, body]) => segmentRule(resource, name, body));
    (isPrefix ? prefix : exact).push(...rules);
  }
  return { plain, exact, prefix };
}

function parseText(text: string): HclObject {
  if (text.length > MAX_RULES_LENGTH) {
    throw new MeshError(
      'too-large',
      `rules of ${text.length} characters, accepted are at most ${MAX_RULES_LENGTH}`,
    );
  }
  try {
    return text.trimStart().startsWith('{') ? parseJson(text) : parseHcl(text, 'rules');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalid(`Failed to parse ACL rules: ${why.replace('failed to parse rules:', 'at ')}`);
  }
}

function isPlain(key: string, syntax: RuleSyntax): key is PlainResource {
  if (key === 'acl' && syntax === 'legacy') return false;
  return (PLAIN_RESOURCES as readonly string[]).includes(key);
}

function resourceOf(key: string, syntax: RuleSyntax) {
  const isPrefix = syntax === 'legacy' || key.endsWith(PREFIX);
  const name = syntax === 'current' && isPrefix ? key.slice(0, -PREFIX.length) : key;
  if (!(SEGMENT_RESOURCES as readonly string[]).includes(name)) {
    throw invalid(`rules: unknown resource ${shown(key)}, accepted are ${accepted(syntax)}`);
  }
  return { resource: name as SegmentResource, isPrefix };
}

function accepted(syntax: RuleSyntax): string {
  if (syntax === 'legacy') return `${SEGMENT_RESOURCES.join(', ')}, operator and keyring`;
  return `${SEGMENT_RESOURCES.join(', ')} (each also with ${PREFIX}), acl, operator and keyring`;
}

/** Labels with their bodies, whether blocks stand once, repeatedly, or as a list of JSON. */
function blocksOf(key: string, value: HclValue): readonly (readonly [string, HclObject])[] {
  return listOf(value).flatMap((block) => {
    if (!isObject(block))
      throw invalid(`rules: ${key} wants a name: ${key} "NAME" { policy = "read" }`);
    return Object.entries(block).flatMap(([name, bodies]) =>
      listOf(bodies).map((body): readonly [string, HclObject] => {
        if (!isObject(body)) {
          throw invalid(`rules: ${key} wants a name: ${key} "NAME" { policy = "read" }`);
        }
        return [name, body];
      }),
    );
  });
}

function segmentRule(resource: SegmentResource, name: string, body: HclObject): SegmentRule {
  const where = `${resource} ${shown(name)}`;
  const isService = resource === 'service';
  for (const key of Object.keys(body)) {
    if (key === 'policy' || (key === 'intentions' && isService)) continue;
    const known = isService ? 'policy and intentions' : 'policy';
    const more = key === 'sentinel' ? ' (sentinel is a feature of the enterprise edition)' : '';
    throw invalid(`rules: ${where}: unknown key ${shown(key)}${more}, accepted: ${known}`);
  }
  const grants: readonly Access[] =
    resource === 'key' ? ['read', 'list', 'write', 'deny'] : ['read', 'write', 'deny'];
  const policy = accessOf(`${where}: policy`, lastOf(body['policy'] ?? ''), grants);
  if (body['intentions'] === undefined) return { resource, name, policy };
  const intentions = accessOf(`${where}: intentions`, lastOf(body['intentions']), [
    'read',
    'write',
    'deny',
  ]);
  return { resource, name, policy, intentions };
}

function accessOf(where: string, value: HclValue, grants: readonly Access[]): Access {
  const found = grants.find((grant) => grant === value);
  if (found === undefined) {
    throw invalid(`rules: ${where}: ${shown(value)} is invalid, accepted: ${grants.join(', ')}`);
  }
  return found;
}

function listOf(value: HclValue): readonly HclValue[] {
  return Array.isArray(value) ? value : [value as HclValue];
}

/** Of a value that was given several times the last counts. */
function lastOf(value: HclValue): HclValue {
  return listOf(value).at(-1) ?? '';
}

function isObject(value: HclValue | null | undefined): value is HclObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Longest text that an error repeats, characters. */
const MAX_SHOWN = 80;

function shown(value: HclValue): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}
