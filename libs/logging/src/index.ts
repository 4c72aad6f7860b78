// For the owner of the process.
export type { FileSink, FileSinkOptions } from './file-sink.ts';
export { openFileSink } from './file-sink.ts';
export type { LogHub, LogHubOptions, LogSubscriber } from './hub.ts';
export { createLogHub } from './hub.ts';
// Names of loggers.
export { LOGGER_NAMES } from './names.ts';
export type { StreamSink } from './stream-sink.ts';
export { createStreamSink } from './stream-sink.ts';
