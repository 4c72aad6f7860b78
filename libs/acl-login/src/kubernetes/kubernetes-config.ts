import { ConfigFields } from '../config-fields.ts';
import { badMethod, messageOf } from '../errors.ts';
import { parseCompactToken } from '../jwt/compact-token.ts';

/** Configuration of an auth method of type kubernetes. */
export interface KubernetesConfig {
  /** Of the cluster's API, without a slash at its end. */
  readonly host: string;
  /** Certificates that the API's must come from, PEM. */
  readonly caPem: string;
  /** Token of a service account that may have the tokens of others reviewed. */
  readonly reviewer: string;
}

const FIELDS = ['Host', 'CACert', 'ServiceAccountJWT'] as const;

/**
 * Reads the configuration of an auth method of type kubernetes. Throws `invalid-argument`, "Invalid Auth
 * Method: ...", naming what is wrong.
 */
export function readKubernetesConfig(config: Readonly<Record<string, unknown>>): KubernetesConfig {
  const fields = new ConfigFields(config, FIELDS);
  for (const name of FIELDS) {
    if (fields.text(name) === '') throw badMethod(`Config.${name} is required`);
  }
  const reviewer = fields.text('ServiceAccountJWT');
  try {
    parseCompactToken(reviewer);
  } catch (thrown) {
    throw badMethod(`Config.ServiceAccountJWT is not a valid JWT: ${messageOf(thrown)}`);
  }
  return {
    host: fields.url('Host').replace(/\/$/, ''),
    caPem: fields.certificates('CACert'),
    reviewer,
  };
}
