// For everybody.
export { base64Decode, base64Encode, hexEncode, KIB, MIB, utf8Bytes, utf8Text } from './bytes.ts';
export { formatDuration, parseDuration, requireDuration } from './duration.ts';
export type { ErrorCode } from './errors.ts';
export { assert, invalid, MeshError } from './errors.ts';
export type { Logger, LogLevel, LogValue } from './logger.ts';
export { LOG_LEVELS, silentLogger } from './logger.ts';
export type { MetricLabels, Metrics } from './metrics.ts';
export { noMetrics } from './metrics.ts';
export type { Clock, Component, Platform, Random, Timer, Timers } from './platform.ts';
// Typed decoding of untrusted values.
export type { RecordOf, RecordOptions } from './shape/record.ts';
export { record, snakeCase } from './shape/record.ts';
export type { Shape, ShapeOf, ShapePath } from './shape/shape.ts';
export {
  anything,
  describe,
  flag,
  list,
  mapOf,
  mismatch,
  number,
  optional,
  refine,
  text,
  whole,
} from './shape/shape.ts';
export { timestamp } from './timestamp.ts';
