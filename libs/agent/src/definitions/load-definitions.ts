import { decodeCheckDefinition, decodeServiceDefinition } from '@mesh/api-contract';
import { anything, type Logger, list, MeshError, optional, record, text } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { CheckState } from '../local-state/entries.ts';
import type { LocalState } from '../local-state/local-state.ts';
import type { DefinitionFiles } from './definition-files.ts';
import type { Registrar } from './registrar.ts';

export interface LoadParts {
  readonly state: LocalState;
  readonly registrar: Registrar;
  readonly files: DefinitionFiles;
  readonly logger: Logger;
}

const stored = record({
  Token: text,
  Definition: anything,
  Maintenance: optional(record({ ServiceID: text, Reason: text })),
  // Checks of a service that were removed one by one.
  Removed: optional(list(text)),
});

/**
 * Registers all that the configuration defines, then what data_dir holds of the API's, where files do
 * not define the same id.
 * @param states states of checks to put back
 * @throws MeshError when a definition of the configuration is refused; stored ones are only logged
 */
export function loadDefinitions(
  config: Pick<RuntimeConfig, 'services' | 'checks'>,
  states: ReadonlyMap<string, CheckState>,
  parts: LoadParts,
): void {
  const { registrar } = parts;
  for (const service of config.services) {
    inContext(`Failed to register service "${service.id}"`, () =>
      registrar.putService(service, { source: 'file', states }),
    );
  }
  loadStoredServices(states, parts);
  for (const check of config.checks) {
    inContext(`Failed to register check "${check.id || check.name}"`, () =>
      registrar.putCheck(check, { source: 'file', states }),
    );
  }
  loadStoredChecks(states, parts);
}

function loadStoredServices(states: ReadonlyMap<string, CheckState>, parts: LoadParts): void {
  for (const raw of parts.files.load('services')) {
    attempt(parts.logger, 'service', () => {
      const { Token, Definition, Removed } = stored.decode(raw, '');
      const definition = decodeServiceDefinition(Definition, '', { source: 'api' });
      if (parts.state.service(definition.id || definition.name)) return;
      const options = { source: 'api', token: Token, states, restored: true } as const;
      parts.registrar.putService(definition, { ...options, without: Removed ?? [] });
    });
  }
}

function loadStoredChecks(states: ReadonlyMap<string, CheckState>, parts: LoadParts): void {
  for (const raw of parts.files.load('checks')) {
    attempt(parts.logger, 'check', () => {
      const { Token, Definition, Maintenance } = stored.decode(raw, '');
      if (Maintenance) {
        parts.registrar.restoreMaintenance(Maintenance.ServiceID, Maintenance.Reason, Token);
        return;
      }
      const definition = decodeCheckDefinition(Definition, '', { source: 'api' });
      if (parts.state.check(definition.id || definition.name)) return;
      const options = { source: 'api', token: Token, states, restored: true } as const;
      parts.registrar.putCheck(definition, options);
    });
  }
}

/** A stored definition that is no longer accepted must not keep the agent from starting. */
function attempt(logger: Logger, what: string, load: () => void): void {
  try {
    load();
  } catch (thrown) {
    const error = MeshError.from(thrown);
    logger.warn('ignoring a stored definition', { what, error: error.message });
  }
}

function inContext(what: string, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    // Whatever the reason, to who asked for a reload it is the configuration that is bad.
    const cause = MeshError.from(thrown);
    throw new MeshError('invalid-argument', `${what}: ${cause.message}`, { cause });
  }
}
