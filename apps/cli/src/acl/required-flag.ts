import { UsageError } from '../command.ts';

/** @throws UsageError when a flag that must be given is not, or is empty */
export function requireFlag(name: string, value: string): void {
  if (value === '') throw new UsageError(`Missing required '-${name}' flag`);
}
