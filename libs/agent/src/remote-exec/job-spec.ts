import { posix } from 'node:path';
import { base64Decode, invalid, list, number, record, text, utf8Text } from '@mesh/base';

/** Name of the user event that calls agents to a job. */
export const REMOTE_EXEC_EVENT = '_rexec';

/** Where a job is: in a folder of the key-value store, under locks of a session. */
export interface JobPlace {
  readonly session: string;
  /** Key of the file that says what to run. */
  readonly jobKey: string;
  /** Folder for what this node writes, without a slash behind. */
  readonly folder: string;
}

/** What is to be run: exactly one of the three is not empty. */
export interface JobSpec {
  /** For a shell. */
  readonly command: string;
  /** Program and arguments, without a shell. */
  readonly args: readonly string[];
  /** Content of a file that is run. */
  readonly script: Uint8Array;
  /** A sign of life is due after this long without output, milliseconds. */
  readonly waitMs: number;
}

/** Signs of life cost a log entry each: not more often than this, nor so rarely that nobody waits. */
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 60_000;

const eventShape = record({ Prefix: text, Session: text }, { snakeCase: false });
const specShape = record(
  { Command: text, Args: list(text), Script: text, Wait: number },
  { snakeCase: false },
);

/** Payload of the event, which comes from the network. Throws MeshError for what names no job. */
export function decodePlace(payload: Uint8Array | null, nodeName: string): JobPlace {
  const { Prefix, Session } = eventShape.decode(parsed(payload), '');
  if (!/^[0-9a-f-]{36}$/i.test(Session)) throw invalid('a job names its session by a UUID');
  const folder = posix.join(Prefix, Session).replace(/^\/+/, '');
  return { session: Session, jobKey: `${folder}/job`, folder: `${folder}/${nodeName}` };
}

/** The file of a job. Throws MeshError for what is none. */
export function decodeSpec(file: Uint8Array | null): JobSpec {
  const { Command, Args, Script, Wait } = specShape.decode(parsed(file), '');
  const script = base64Decode(Script);
  if (script === undefined) throw invalid('the script of a job is base64');
  const args = Args ?? [];
  // The precedence is the original's.
  const isScript = args.length === 0 && script.length > 0;
  if (args.length === 0 && !isScript && Command === '') throw invalid('a job without a command');
  return {
    command: args.length === 0 && !isScript ? Command : '',
    args,
    script: isScript ? script : new Uint8Array(0),
    waitMs: Math.min(Math.max(Wait / 1e6, MIN_WAIT_MS), MAX_WAIT_MS),
  };
}

function parsed(json: Uint8Array | null): unknown {
  try {
    return JSON.parse(utf8Text(json ?? new Uint8Array(0)));
  } catch (cause) {
    throw invalid(`no JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
}
