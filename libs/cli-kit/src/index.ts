// Command lines.
export { columns } from './columns.ts';
export { CommandError, EXIT } from './exit.ts';
export type { Flag, FlagTable, FlagValues } from './flag.ts';
export {
  boolFlag,
  durationFlag,
  FlagValueError,
  intFlag,
  listFlag,
  mapFlag,
  textFlag,
  uintFlag,
  underHeading,
} from './flag.ts';
export { goJson } from './go-json.ts';
export type { Io } from './io.ts';
export type { ParsedFlags } from './parse-flags.ts';
export { FlagError, HelpRequest, parseFlags } from './parse-flags.ts';
export { processIo } from './process-io.ts';
export { commandHelp, flagUsage } from './usage.ts';
