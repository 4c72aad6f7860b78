import { MeshError } from '@mesh/base';

/** The error of every decoder here: what a peer sent makes no sense. */
export function malformed(what: string, cause?: unknown): MeshError {
  return new MeshError('invalid-argument', `malformed gossip: ${what}`, cause ? { cause } : {});
}
