import { invalid, MeshError } from '@mesh/base';

/** The bearer has proved nothing: 403, with the reason. */
export function refused(why: string, cause?: unknown): MeshError {
  return new MeshError('permission-denied', why, { cause });
}

/** A configuration that no login could be verified by. */
export function badMethod(why: string): MeshError {
  return invalid(`Invalid Auth Method: ${why}`);
}

/** Message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
