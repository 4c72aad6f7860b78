import type { IntentionAction } from '@mesh/api-contract';
import { invalid, timestamp } from '@mesh/base';
import { contentHash } from './content-hash.ts';
import { precedenceOf, WILDCARD } from './precedence.ts';
import { DEFAULT_NAMESPACE, type IntentionRequest, type NewIntention } from './types.ts';

/** The original's limits. */
const MAX_DESCRIPTION_CHARS = 512;
const MAX_META_PAIRS = 64;
const MAX_META_KEY_CHARS = 128;
const MAX_META_VALUE_CHARS = 512;
const MAX_NAME_CHARS = 512;
const META_KEY = /^[a-zA-Z0-9_-]+$/;

/**
 * An intention as it will stand in the log. Throws `invalid-argument` that names everything that is wrong
 * with the request.
 */
export function checkedIntention(
  request: IntentionRequest,
  id: string,
  nowMs: number,
): NewIntention {
  const named = {
    ...request,
    SourceNS: request.SourceNS || DEFAULT_NAMESPACE,
    DestinationNS: request.DestinationNS || DEFAULT_NAMESPACE,
    SourceType: request.SourceType || 'consul',
  };
  const faults = faultsOf(named);
  if (faults.length > 0) throw invalid(listed(faults));
  const now = timestamp(nowMs);
  const Action = named.Action as IntentionAction;
  return {
    ...named,
    ID: id,
    Action,
    Precedence: precedenceOf(named),
    CreatedAt: now,
    UpdatedAt: now,
    Hash: contentHash([id, now, ...contentsOf(named)]),
  };
}

function faultsOf(request: IntentionRequest): readonly string[] {
  const { SourceType, Action, Description, DefaultPort } = request;
  const faults = [
    ...nameFaults('Source', request.SourceNS, request.SourceName),
    ...nameFaults('Destination', request.DestinationNS, request.DestinationName),
    ...metaFaults(request.Meta),
  ];
  if (SourceType !== 'consul') faults.push("SourceType must be set to 'consul'");
  if (Action !== 'allow' && Action !== 'deny') {
    faults.push("Action must be set to 'allow' or 'deny'");
  }
  if (Description.length > MAX_DESCRIPTION_CHARS) {
    faults.push(`Description exceeds maximum length ${MAX_DESCRIPTION_CHARS}`);
  }
  if (DefaultPort < 0 || DefaultPort > 65_535) {
    faults.push(`DefaultPort ${DefaultPort} is no port, accepted are 0 to 65535`);
  }
  return faults;
}

function nameFaults(side: 'Source' | 'Destination', namespace: string, name: string): string[] {
  const faults: string[] = [];
  const partial = "wildcard character '*' cannot be used with partial values";
  if (name === '') faults.push(`${side}Name must be set`);
  if (name !== WILDCARD && name.includes(WILDCARD)) faults.push(`${side}Name: ${partial}`);
  if (namespace !== WILDCARD && namespace.includes(WILDCARD)) {
    faults.push(`${side}NS: ${partial}`);
  }
  if (namespace === WILDCARD && name !== WILDCARD) {
    faults.push(`${side}Name: exact value cannot follow wildcard namespace`);
  }
  for (const [field, value] of [
    [`${side}Name`, name],
    [`${side}NS`, namespace],
  ] as const) {
    if (value.length > MAX_NAME_CHARS) {
      faults.push(`${field} exceeds maximum length ${MAX_NAME_CHARS}`);
    }
    if (value.includes('\0')) faults.push(`${field} must not contain a NUL character`);
  }
  return faults;
}

function metaFaults(meta: Readonly<Record<string, string>>): string[] {
  const pairs = Object.entries(meta);
  if (pairs.length > MAX_META_PAIRS) {
    return [`Meta has ${pairs.length} pairs, at most ${MAX_META_PAIRS} are accepted`];
  }
  return pairs.flatMap(([key, value]) => {
    if (!META_KEY.test(key) || key.length > MAX_META_KEY_CHARS) {
      return [
        `Meta key "${key.slice(0, MAX_META_KEY_CHARS)}": accepted are 1 to ` +
          `${MAX_META_KEY_CHARS} of a-z, A-Z, 0-9, _ and -`,
      ];
    }
    if (value.length <= MAX_META_VALUE_CHARS) return [];
    return [`Meta value of "${key}" exceeds maximum length ${MAX_META_VALUE_CHARS}`];
  });
}

/** As the original lists several errors, so that scripts that look for one still find it. */
function listed(faults: readonly string[]): string {
  const title = faults.length === 1 ? '1 error occurred' : `${faults.length} errors occurred`;
  return `${title}:\n${faults.map((fault) => `\t* ${fault}\n`).join('')}\n`;
}

function contentsOf(request: IntentionRequest): readonly string[] {
  const { Meta, ...rest } = request;
  const pairs = Object.entries(Meta).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...Object.values(rest).map(String), ...pairs.flat()];
}
