import { MeshError } from '@mesh/base';

/** Longest message, characters: keys and values of a file may be of any length. */
const MAX_LENGTH = 1000;

/**
 * Runs a step of loading; the message of its failure comes out on one line of sane length, whatever
 * keys and values of the input stand in it.
 */
export function withOneLineErrors<T>(step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    const line = thrown.message.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
    if (line === thrown.message && line.length <= MAX_LENGTH) throw thrown;
    const message = line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
    throw new MeshError(thrown.code, message, { cause: thrown });
  }
}
