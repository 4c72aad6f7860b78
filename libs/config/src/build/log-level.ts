import { invalid, LOG_LEVELS, type LogLevel } from '@mesh/base';
import type { Settings } from '../settings/settings.ts';

const ACCEPTED: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERR', 'ERROR'];

/**
 * The log level; ERR is an old name of ERROR, case does not matter. @throws MeshError for another
 */
export function logLevelOf(settings: Settings): LogLevel {
  const text = settings.text('log_level').toUpperCase();
  const level = LOG_LEVELS.find((one) => one === (text === 'ERR' ? 'ERROR' : text));
  if (level !== undefined) return level;
  throw invalid(
    `${settings.prefix('log_level')}Invalid log level: ${settings.text('log_level')}. ` +
      `Valid log levels are: [${ACCEPTED.join(' ')}]`,
  );
}
