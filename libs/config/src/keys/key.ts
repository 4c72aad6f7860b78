/** A configuration key as data: validation, defaults, warnings and documentation follow from it. */

/** Subsystems whose arrival is still to come; a key of theirs is accepted and says so. */
export type LaterCapability =
  | 'rate limits of clients'
  | 'Envoy and gateways'
  | 'ACLs'
  | 'auto_encrypt'
  | 'telemetry sinks'
  | 'auto-config'
  | 'the agent cache'
  | 'segments (an enterprise feature)'
  | 'an enterprise feature'
  | 'another feature';

/** 'now': it works. `later`: accepted with a warning. `never`: has no meaning in this program. */
export type Capability = 'now' | { readonly later: LaterCapability } | { readonly never: string };

/**
 * text, flag, whole (number), number, duration (Go text), texts (list), textMap (text -> text), map
 * (free), maps (list of free maps), group (an object whose fields are rows of their own), objects
 * (list of objects whose fields are rows of their own), definition (a service or check, decoded by
 * api-contract), definitions (a list of them).
 */
export type KeyType =
  | 'text'
  | 'flag'
  | 'whole'
  | 'number'
  | 'duration'
  | 'texts'
  | 'textMap'
  | 'map'
  | 'maps'
  | 'objects'
  | 'group'
  | 'definition'
  | 'definitions';

export type KeyValue =
  | string
  | number
  | boolean
  | readonly unknown[]
  | Readonly<Record<string, unknown>>;

/** Upper bound of a range that has none of its own. */
export const WHOLE_MAX = Number.MAX_SAFE_INTEGER;

export interface ConfigKey {
  /** Dotted, lower case: `dns_config.node_ttl`. */
  readonly name: string;
  readonly type: KeyType;
  /** Unit of a number, '' where it has none. */
  readonly unit: string;
  /** Value without any configuration; undefined where it is computed or there is none. */
  readonly fallback: KeyValue | undefined;
  /** Value under -dev; undefined where -dev changes nothing. */
  readonly devFallback: KeyValue | undefined;
  /** The default in words where `fallback` cannot tell ("host name"). */
  readonly fallbackDoc: string;
  /** Inclusive bounds of a number; undefined for none. */
  readonly range: { readonly min: number; readonly max: number } | undefined;
  /** Accepted texts; undefined for any. */
  readonly accepted: readonly string[] | undefined;
  /** A new value takes effect on reload. */
  readonly reloadable: boolean;
  /** False: the value is the program's own, a user's is ignored with a warning. */
  readonly settable: boolean;
  /** Never shown or printed. */
  readonly secret: boolean;
  readonly capability: Capability;
  /** Present name of an old key; its value is moved there. */
  readonly oldNameOf: string;
  readonly tier: 'A' | 'B' | 'C';
  readonly doc: string;
}

type Optional = Partial<Omit<ConfigKey, 'name' | 'type' | 'doc'>>;

/** A row; what is not given is: no default, not reloadable, settable, works now, tier A. */
export function key(name: string, type: KeyType, doc: string, options: Optional = {}): ConfigKey {
  return {
    name,
    type,
    unit: '',
    fallback: undefined,
    devFallback: undefined,
    fallbackDoc: '',
    range: undefined,
    accepted: undefined,
    reloadable: false,
    settable: true,
    secret: false,
    capability: 'now',
    oldNameOf: '',
    tier: 'A',
    doc,
    ...options,
  };
}

/** Options of a row whose subsystem comes later. */
export function later(what: LaterCapability): { readonly capability: Capability } {
  return { capability: { later: what } };
}
