import { X509Certificate } from 'node:crypto';
import { parseDuration } from '@mesh/base';
import { badMethod, messageOf } from './errors.ts';

type Config = Readonly<Record<string, unknown>>;

const NANOSECONDS_PER_MS = 1e6;

/**
 * Reads the fields of an auth method's configuration. Names know no case, as in the original. Throws
 * `invalid-argument` naming the field and what is accepted, and for fields that nobody reads.
 */
export class ConfigFields {
  private readonly values = new Map<string, unknown>();

  constructor(config: Config, names: readonly string[]) {
    const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
    for (const [key, value] of Object.entries(config)) {
      const name = byLowerCase.get(key.toLowerCase());
      if (name === undefined) {
        throw badMethod(
          `Config: unknown field ${JSON.stringify(key)}, accepted: ${names.join(', ')}`,
        );
      }
      if (value !== null && value !== undefined) this.values.set(name, value);
    }
  }

  /** '' where it is not given. */
  text(name: string): string {
    const value = this.values.get(name) ?? '';
    if (typeof value !== 'string') throw wrong(name, 'a text');
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.values.get(name) ?? [];
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw wrong(name, 'a list of texts');
    }
    return value;
  }

  /** Pairs of texts. */
  pairs(name: string): ReadonlyArray<readonly [string, string]> {
    const value = this.values.get(name) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw wrong(name, 'an object of texts');
    return Object.entries(value as object).map(([key, text]) => {
      if (typeof text !== 'string') throw wrong(`${name}.${key}`, 'a text');
      return [key, text] as const;
    });
  }

  /** Milliseconds of a Go duration or of a number of nanoseconds; 0 where it is not given. */
  durationMs(name: string): number {
    const value = this.values.get(name) ?? 0;
    if (typeof value === 'number' && Number.isFinite(value)) return value / NANOSECONDS_PER_MS;
    const ms = typeof value === 'string' ? parseDuration(value || '0') : undefined;
    if (ms === undefined) throw wrong(name, 'a duration such as 30s');
    return ms;
  }

  /** PEM certificates; '' where they are not given. */
  certificates(name: string): string {
    const pem = this.text(name);
    if (pem === '') return '';
    try {
      new X509Certificate(pem);
    } catch (thrown) {
      throw badMethod(`Config.${name} holds no PEM certificate: ${messageOf(thrown)}`);
    }
    return pem;
  }

  /** An http or https URL; '' where it is not given. */
  url(name: string): string {
    const url = this.text(name);
    if (url === '') return '';
    const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
    if (protocol !== 'https:' && protocol !== 'http:') {
      throw badMethod(`Config.${name}: ${JSON.stringify(url)} is no http or https URL`);
    }
    return url;
  }
}

function wrong(name: string, accepted: string): Error {
  return badMethod(`Config.${name} is invalid, accepted is ${accepted}`);
}
