import { type AgentApi, ApiStatusError, parseJson } from '../agent-api/agent-api.ts';
import { kvPath } from '../kv-target.ts';

/** What an agent says of a job. */
export type JobResult =
  /** It has begun. */
  | { readonly kind: 'ack'; readonly node: string }
  /** It is still at work, without output. */
  | { readonly kind: 'alive'; readonly node: string }
  | { readonly kind: 'output'; readonly node: string; readonly output: Uint8Array }
  | { readonly kind: 'exit'; readonly node: string; readonly code: number };

export interface ResultsOptions {
  readonly api: AgentApi;
  /** Folder of the job, with the slash behind. */
  readonly folder: string;
  readonly signal: AbortSignal;
  onResult(result: JobResult): void;
  /** Told of a key that says nothing. */
  onOddity(message: string): void;
}

const OUTPUT_DIVIDER = '/out/';
/** Pause where the agent names no index to wait for, or the same once more. */
const PAUSE_MS = 100;

/** Reads what agents write into a job's folder, as it comes, until the signal fires. @throws Error */
export async function followResults(options: ResultsOptions): Promise<void> {
  const { api, folder, signal } = options;
  const seen = new Set<string>([`${folder}job`]);
  let index = '';
  while (!signal.aborted) {
    const query = { keys: true, index: index || undefined } as const;
    const path = kvPath(folder);
    const answer = await api.call('GET', path, { query, signal });
    if (answer.status !== 200 && answer.status !== 404) {
      throw new ApiStatusError(answer.status, answer.body.toString('utf8'));
    }
    const answered = answer.headers.get('x-consul-index') ?? '';
    if (answered === index) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    index = answered;
    const keys = answer.status === 200 ? parseJson<readonly string[]>(path, answer) : [];
    for (const key of keys) {
      if (signal.aborted) return;
      if (seen.has(key)) continue;
      seen.add(key);
      const result = await readResult(options, key);
      if (typeof result === 'string') options.onOddity(result);
      else options.onResult(result);
    }
  }
}

/** What a key says, or why it says nothing. */
async function readResult(
  { api, folder, signal }: ResultsOptions,
  key: string,
): Promise<JobResult | string> {
  const name = key.slice(folder.length);
  if (name.endsWith('/ack')) return { kind: 'ack', node: name.slice(0, -'/ack'.length) };
  const divider = name.lastIndexOf(OUTPUT_DIVIDER);
  const isExit = name.endsWith('/exit');
  if (!isExit && divider < 0) return `Unknown key '${name}', ignoring.`;
  const answer = await api.call('GET', kvPath(key), { query: { raw: true }, signal });
  if (answer.status !== 200) return `Failed to read key '${key}': status ${answer.status}`;
  const output = answer.body;
  if (!isExit) {
    const node = name.slice(0, divider);
    return output.length === 0 ? { kind: 'alive', node } : { kind: 'output', node, output };
  }
  const text = output.toString('utf8');
  if (!/^-?\d{1,10}$/.test(text)) return `Failed to parse exit code '${text.slice(0, 40)}'`;
  return { kind: 'exit', node: name.slice(0, -'/exit'.length), code: Number(text) };
}
