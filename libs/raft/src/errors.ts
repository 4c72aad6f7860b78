import { MeshError } from '@mesh/base';

/** This server does not lead, or knows no leader: what was asked certainly did not happen. */
export function noLeader(): MeshError {
  return new MeshError('no-leader', 'No cluster leader');
}

/** A proposal is in some log, and it is not known whether it will be committed. */
export function lostLeadership(): MeshError {
  return new MeshError(
    'unknown-outcome',
    'leadership lost while committing log: the write may or may not take effect',
  );
}
