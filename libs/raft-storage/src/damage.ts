import { MeshError } from '@mesh/base';

/** What an operator does about raft data that cannot be trusted any more. */
const REMEDY =
  'If other servers have the data: stop this one, move its raft folder away and start it again, so ' +
  'that it gets the data from them. If it was the only one: do the same and restore a saved snapshot';

/** Refusal of a damaged file. `what` is a clause: "entry 7 is not what was written". */
export function damaged(file: string, what: string): MeshError {
  return new MeshError('unavailable', `${file} is damaged: ${what}. ${REMEDY}`);
}
