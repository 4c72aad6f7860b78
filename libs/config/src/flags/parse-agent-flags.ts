import { MeshError } from '@mesh/base';
import { KEY_BY_NAME } from '../keys/all-keys.ts';
import type { KeyValue } from '../keys/key.ts';
import { decodeValue, type SourceValues } from '../settings/decode-source.ts';
import { FLAGS_SOURCE } from '../settings/settings.ts';
import { AGENT_FLAGS, type AgentFlag, agentUsage } from './agent-flags.ts';

/** What a command line says. */
export interface AgentFlags {
  /** -h, -help or --help was given: print the usage, exit 0. */
  readonly help: boolean;
  readonly dev: boolean;
  /** Files and folders in the order given. */
  readonly configPaths: readonly string[];
  /** '' to go by extensions. */
  readonly configFormat: '' | 'json' | 'hcl';
  /** -hcl fragments in order. */
  readonly fragments: readonly string[];
  /** Keys that single flags set. */
  readonly values: SourceValues;
}

/** A wrong flag: print the message, then `usage`, on stderr; exit 1. */
export class FlagError extends MeshError {
  readonly usage: string = agentUsage;

  constructor(message: string) {
    super('invalid-argument', message);
    this.name = 'FlagError';
  }
}

const BY_NAME: ReadonlyMap<string, AgentFlag> = new Map(
  AGENT_FLAGS.map((flag) => [flag.name.slice(1), flag]),
);
/** Go's strconv.ParseBool. */
const TRUE_WORDS: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE_WORDS: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];
const HELP_WORDS: readonly string[] = ['h', 'help'];

/**
 * Parses the arguments of `consul agent` the way Go's flag package does: one dash or two, `-x=y` or
 * `-x y`, flags before arguments.
 * @throws FlagError for a flag that does not exist, lacks its value or has a wrong one
 * @throws MeshError `invalid-argument` for further arguments
 */
export function parseAgentFlags(argv: readonly string[]): AgentFlags {
  const given = new GivenFlags();
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (word.length < 2 || !word.startsWith('-')) break;
    const { name, value } = splitFlag(word);
    if (HELP_WORDS.includes(name)) return { ...given.result(), help: true };
    const flag = BY_NAME.get(name);
    if (flag === undefined) throw new FlagError(`flag provided but not defined: -${name}`);
    if (value !== undefined) given.add(flag, value);
    else if (flag.kind === 'flag') given.add(flag, 'true');
    else if (at + 1 < argv.length) given.add(flag, argv[++at]!);
    else throw new FlagError(`flag needs an argument: -${name}`);
  }
  if (at < argv.length) {
    throw new MeshError(
      'invalid-argument',
      `Unexpected extra arguments: [${argv.slice(at).join(' ')}]`,
    );
  }
  return given.result();
}

function splitFlag(word: string): { readonly name: string; readonly value: string | undefined } {
  const body = word.slice(word.startsWith('--') ? 2 : 1);
  if (body === '' || body.startsWith('-') || body.startsWith('=')) {
    throw new FlagError(`bad flag syntax: ${word}`);
  }
  const equals = body.indexOf('=');
  if (equals === -1) return { name: body, value: undefined };
  return { name: body.slice(0, equals), value: body.slice(equals + 1) };
}

/** Collects flags as they come. */
class GivenFlags {
  #dev = false;
  #configFormat: '' | 'json' | 'hcl' = '';
  readonly #configPaths: string[] = [];
  readonly #fragments: string[] = [];
  readonly #values = new Map<string, KeyValue>();

  add(flag: AgentFlag, value: string): void {
    switch (flag.name) {
      case '-dev':
        this.#dev = parseBool(flag, value);
        break;
      case '-config-dir':
      case '-config-file':
        this.#configPaths.push(value);
        break;
      case '-config-format':
        if (value !== 'json' && value !== 'hcl') {
          throw new FlagError(`-config-format cannot be "${value}", accepted are json and hcl`);
        }
        this.#configFormat = value;
        break;
      case '-hcl':
        this.#fragments.push(value);
        break;
      default:
        this.#set(flag, value);
    }
  }

  result(): AgentFlags {
    return {
      help: false,
      dev: this.#dev,
      configPaths: this.#configPaths,
      configFormat: this.#configFormat,
      fragments: this.#fragments,
      values: { name: FLAGS_SOURCE, values: this.#values, services: [], checks: [] },
    };
  }

  #set(flag: AgentFlag, value: string): void {
    const before = this.#values.get(flag.key);
    const key = KEY_BY_NAME.get(flag.key);
    if (key === undefined) throw new Error(`flag ${flag.name} sets an unknown key`);
    let decoded: KeyValue;
    try {
      decoded = decodeValue(key, typedValue(flag, value, before), key.name);
    } catch (thrown) {
      const why = (thrown as Error).message;
      throw new FlagError(`invalid value "${value}" for flag ${flag.name}: ${why}`);
    }
    this.#values.set(flag.key, decoded);
  }
}

/** The raw value in the type of the key; lists and pairs grow. */
function typedValue(flag: AgentFlag, value: string, before: KeyValue | undefined): unknown {
  switch (flag.kind) {
    case 'flag':
      return parseBool(flag, value);
    case 'whole':
      return parseWhole(flag, value);
    case 'texts':
      return [...((before as readonly string[] | undefined) ?? []), value];
    case 'pairs': {
      const colon = value.indexOf(':');
      const pair = colon === -1 ? [value, ''] : [value.slice(0, colon), value.slice(colon + 1)];
      return Object.fromEntries([...Object.entries((before as object | undefined) ?? {}), pair]);
    }
    default:
      return value;
  }
}

function parseBool(flag: AgentFlag, value: string): boolean {
  if (TRUE_WORDS.includes(value)) return true;
  if (FALSE_WORDS.includes(value)) return false;
  throw new FlagError(
    `invalid boolean value "${value}" for ${flag.name}: accepted are true and false`,
  );
}

function parseWhole(flag: AgentFlag, value: string): number {
  if (!/^[+-]?(\d+|0[xX][0-9a-fA-F]+)$/.test(value)) {
    throw new FlagError(`invalid value "${value}" for flag ${flag.name}: expected a whole number`);
  }
  const digits = value.replace(/^[+-]/, '');
  return value.startsWith('-') ? -Number(digits) : Number(digits);
}
