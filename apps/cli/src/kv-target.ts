import { CommandError } from '@mesh/cli-kit';
import { encodePath } from './agent-api/agent-api.ts';

/** Path of a key in the HTTP API. */
export function kvPath(key: string): string {
  return `/v1/kv/${encodePath(key)}`;
}

/**
 * The one optional key among the arguments; '' when there is none. Users write /foo though no key begins
 * with a slash, so one is taken off.
 */
export function optionalKey(args: readonly string[]): string {
  if (args.length > 1) {
    throw new CommandError(`Too many arguments (expected 1, got ${args.length})`);
  }
  return (args[0] ?? '').replace(/^\//, '');
}
