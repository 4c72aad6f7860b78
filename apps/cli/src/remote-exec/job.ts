import { posix } from 'node:path';
import { type AgentApi, encodePath } from '../agent-api/agent-api.ts';
import { kvPath } from '../kv-target.ts';

/** What agents are to run; a file in the key-value store, under a lock of the session. */
export interface JobSpec {
  /** For a shell. */
  readonly command: string;
  /** Program and arguments, without a shell; empty where there is a command or script. */
  readonly args: readonly string[];
  /** Becomes a file that is run; empty where there is none. */
  readonly script: Uint8Array;
  /** Agents give a sign of life this often while there is no output, milliseconds. */
  readonly waitMs: number;
}

/** Which agents run it: regular expressions, '' for all. */
export interface JobTarget {
  readonly node: string;
  readonly service: string;
  readonly tag: string;
}

/** A node of another datacenter, whose session it has to be there. */
export interface ForeignOwner {
  readonly localNode: string;
  readonly localDatacenter: string;
}

const SESSION_TTL = '15s';
const RENEW_MS = 5000;
const EVENT_NAME = '_rexec';
const JOB_FILE = 'job';

/** Folder of a job's keys: its file, and what agents write. */
export function jobFolder(prefix: string, session: string): string {
  return posix.join(prefix, session).replace(/^\/+/, '');
}

/** A remote execution: a session, and the keys of its lock in the key-value store. */
export class Job {
  /** With the slash behind. */
  readonly folder: string;
  readonly session: string;
  readonly #api: AgentApi;
  readonly #prefix: string;
  readonly #renewal: NodeJS.Timeout;

  private constructor(api: AgentApi, prefix: string, session: string) {
    this.#api = api;
    this.#prefix = prefix;
    this.session = session;
    this.folder = `${jobFolder(prefix, session)}/`;
    // A renewal that fails is followed by the next one; a session that is gone ends the writing.
    const renew = () => api.put(`/v1/session/renew/${encodePath(session)}`).catch(() => undefined);
    this.#renewal = setInterval(renew, RENEW_MS);
  }

  /** Opens a session of the agent's node, or in another datacenter of a node there. */
  static async open(api: AgentApi, prefix: string, foreign?: ForeignOwner): Promise<Job> {
    const common = { Behavior: 'delete', TTL: SESSION_TTL };
    const owner = foreign && {
      Name: `Remote Exec via ${foreign.localNode}@${foreign.localDatacenter}`,
      Node: await serverNode(api),
      Checks: [],
    };
    const body = JSON.stringify({ Name: 'Remote Exec', ...owner, ...common });
    const answer = await api.put('/v1/session/create', { body });
    const { ID } = JSON.parse(answer) as { readonly ID: string };
    return new Job(api, prefix, ID);
  }

  async upload(spec: JobSpec): Promise<void> {
    const { command, args, script, waitMs } = spec;
    const body = JSON.stringify({
      ...(command !== '' && { Command: command }),
      ...(args.length > 0 && { Args: args }),
      ...(script.length > 0 && { Script: Buffer.from(script).toString('base64') }),
      Wait: Math.round(waitMs * 1e6),
    });
    const key = this.folder + JOB_FILE;
    const query = { acquire: this.session };
    const answer = await this.#api.put(kvPath(key), { query, body });
    if (answer.trim() !== 'true') throw new Error(`failed to acquire key ${key}`);
  }

  /** Calls the agents. @returns the id of the event */
  async announce({ node, service, tag }: JobTarget): Promise<string> {
    const query = {
      node: node || undefined,
      service: service || undefined,
      tag: tag || undefined,
    };
    const body = JSON.stringify({ Prefix: this.#prefix, Session: this.session });
    const answer = await this.#api.put(`/v1/event/fire/${EVENT_NAME}`, { query, body });
    return (JSON.parse(answer) as { readonly ID: string }).ID;
  }

  /**
   * Ends the session first: an agent that is still at work can write no more then, and stops; so nothing
   * comes after the keys were removed.
   */
  async close(): Promise<void> {
    clearInterval(this.#renewal);
    await this.#api.put(`/v1/session/destroy/${encodePath(this.session)}`);
    await this.#api.delete(kvPath(this.folder), { recurse: true });
  }
}

/** A healthy server of the datacenter that is asked. */
async function serverNode(api: AgentApi): Promise<string> {
  const failure = 'Failed to find Consul server in remote datacenter';
  const query = { passing: '1' };
  const work = api.get<readonly ServiceEntry[]>('/v1/health/service/consul', query);
  const [first] = await work.catch((error: Error) => {
    throw new Error(`${failure}: ${error.message}`);
  });
  if (!first) throw new Error(failure);
  return first.Node.Node;
}

interface ServiceEntry {
  readonly Node: { readonly Node: string };
}
