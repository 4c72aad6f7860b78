import { invalid } from '@mesh/base';
import type { QueryParameters } from '@mesh/resource';

const TRUE: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** ?enable= of maintenance requests. Throws `invalid-argument` when it is missing or neither. */
export function enableParameter(query: QueryParameters): boolean {
  const value = query.get('enable') ?? '';
  if (value === '') throw invalid('Missing value for enable');
  if (TRUE.includes(value)) return true;
  if (FALSE.includes(value)) return false;
  throw invalid(`Invalid value for enable: "${value}", accepted are true and false`);
}

/** A parameter that is on when it stands alone or has a true value. */
export function switchParameter(query: QueryParameters, name: string): boolean {
  const value = query.get(name);
  return value !== undefined && !FALSE.includes(value);
}
