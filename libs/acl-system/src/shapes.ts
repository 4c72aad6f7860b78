import { invalid } from '@mesh/base';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID of 36 characters. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** Throws `invalid-argument` unless the text is a UUID; answers it in lower case. */
export function requireUuid(value: string, what: string): string {
  if (!isUuid(value))
    throw invalid(`${what} "${value}" is invalid, a UUID of 36 characters is accepted`);
  return value.toLowerCase();
}

const NAME = /^[A-Za-z0-9\-_]{1,256}$/;
const SHORT_NAME = 128;

/** Throws `invalid-argument` unless the text may name a policy, a role or an auth method. */
export function requireName(what: 'Policy' | 'Role' | 'Auth Method', name: string): void {
  if (name === '') throw invalid(`Invalid ${what}: no Name is set`);
  const longest = what === 'Policy' ? SHORT_NAME : 256;
  if (!NAME.test(name) || name.length > longest) {
    throw invalid(
      `Invalid ${what}: invalid Name. Only alphanumeric characters, '-' and '_' are allowed, at most ${longest}`,
    );
  }
}
