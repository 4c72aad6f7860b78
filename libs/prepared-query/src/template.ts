import type { PreparedQuery, PreparedQueryService } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { compilePattern } from '@mesh/filter';
import { type AskedBy, NAME_PREFIX_MATCH, type NewQuery } from './types.ts';

/** Longest name that templates are tried on, as long as a DNS name can be. */
const MAX_NAME_CHARS = 255;
const MAX_REGEXP_CHARS = 1024;
const VARIABLE = /\$\{([^}]*)\}/g;
const MATCH = /^match\((\d{1,3})\)$/;

/** Throws `invalid-argument` unless the template of a query is one that can be filled in. */
export function checkTemplate({ Template, Service }: NewQuery): void {
  const { Type, Regexp } = Template;
  if (Type === '') return;
  if (Type !== NAME_PREFIX_MATCH) {
    throw invalid(`Bad Template.Type '${Type}', accepted is ${NAME_PREFIX_MATCH}`);
  }
  if (Regexp.length > MAX_REGEXP_CHARS) {
    throw invalid(`Template.Regexp: at most ${MAX_REGEXP_CHARS} characters`);
  }
  if (Regexp !== '') groupsOf(Regexp);
  const texts = [Service.Service, Service.Near, ...(Service.Tags ?? [])];
  for (const text of texts) fill(text, () => '');
}

/** The query that a name makes of a template; undefined when its expression does not fit the name. */
export function fillTemplate(
  query: PreparedQuery,
  name: string,
  { segment }: AskedBy,
): PreparedQuery | undefined {
  if (name.length > MAX_NAME_CHARS) return undefined;
  const { Regexp, RemoveEmptyTags } = query.Template;
  const groups = Regexp === '' ? [] : groupsOf(Regexp)(name);
  if (!groups) return undefined;
  const variables: Readonly<Record<string, string>> = {
    'name.full': name,
    'name.prefix': query.Name,
    'name.suffix': name.slice(query.Name.length),
    'agent.segment': segment,
  };
  const lookUp = (variable: string): string => {
    const match = MATCH.exec(variable);
    return match ? (groups[Number(match[1])] ?? '') : variables[variable]!;
  };
  return { ...query, Service: fillService(query.Service, lookUp, RemoveEmptyTags) };
}

function fillService(
  service: PreparedQueryService,
  lookUp: (variable: string) => string,
  removeEmptyTags: boolean,
): PreparedQueryService {
  const tags = service.Tags?.map((tag) => fill(tag, lookUp)) ?? null;
  return {
    ...service,
    Service: fill(service.Service, lookUp),
    Near: fill(service.Near, lookUp),
    Tags: removeEmptyTags && tags ? tags.filter((tag) => tag !== '' && tag !== '!') : tags,
  };
}

/** Throws `invalid-argument` for a variable that is not known. */
function fill(text: string, lookUp: (variable: string) => string): string {
  return text.replace(VARIABLE, (_, variable: string) => {
    const isKnown =
      MATCH.test(variable) ||
      ['name.full', 'name.prefix', 'name.suffix', 'agent.segment'].includes(variable);
    if (!isKnown) {
      throw invalid(
        `unknown variable \${${variable}}, accepted are \${name.full}, \${name.prefix}, ` +
          `\${name.suffix}, \${match(N)} and \${agent.segment}`,
      );
    }
    return lookUp(variable);
  });
}

/**
 * Groups that an expression finds in a name, or undefined. Whether it fits at all is decided in linear
 * time first: names come from anyone, and only one that fits is worth the search for its groups.
 */
function groupsOf(source: string): (name: string) => readonly string[] | undefined {
  let pattern: ReturnType<typeof compilePattern>;
  let groups: RegExp;
  try {
    pattern = compilePattern(source);
    groups = new RegExp(source, 'u');
  } catch (cause) {
    throw invalid(`Bad Regexp: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return (name) => (pattern.test(name) ? [...(groups.exec(name) ?? [])] : undefined);
}
