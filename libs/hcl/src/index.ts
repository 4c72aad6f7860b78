export { MAX_DEPTH, MAX_TEXT_LENGTH, placeOf, syntaxError } from './hcl-error.ts';
export type { HclObject, HclValue } from './parser.ts';
export { parseHcl } from './parser.ts';
