import type { CheckDefinition, ServiceDefinition } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { withOneLineErrors } from './one-line.ts';
import { decodeSource } from './settings/decode-source.ts';
import type { ConfigEnvironment } from './sources/environment.ts';
import { nodeEnvironment } from './sources/node-environment.ts';
import { formatOf, parseConfig, readFile } from './sources/read-sources.ts';

export interface DefinitionFile {
  readonly services: readonly ServiceDefinition[];
  readonly checks: readonly CheckDefinition[];
}

/**
 * Service and check definitions of one .json or .hcl file, for `consul services register FILE`.
 * @throws MeshError `invalid-argument`, one line naming the file
 */
export function loadDefinitionFile(
  path: string,
  environment: ConfigEnvironment = nodeEnvironment,
): DefinitionFile {
  return withOneLineErrors(() => load(path, environment));
}

function load(path: string, environment: ConfigEnvironment): DefinitionFile {
  const text = readFile(environment.files, path);
  const format = formatOf(path);
  if (format === undefined) {
    throw invalid(`failed to parse ${path}: the extension must be .json or .hcl`);
  }
  const source = decodeSource(path, parseConfig(text, path, format));
  return {
    services: source.services.map((one) => one.definition),
    checks: source.checks.map((one) => one.definition),
  };
}
