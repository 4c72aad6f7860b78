import { StringDecoder } from 'node:string_decoder';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { followResults, type JobResult } from './results.ts';

export interface WaitOptions {
  readonly api: AgentApi;
  /** Folder of the job, with the slash behind. */
  readonly folder: string;
  /** Silence that ends the job, milliseconds; twice that while agents are known to be at work. */
  readonly quietMs: number;
  readonly verbose: boolean;
  /** Ends the waiting. */
  readonly interrupted: AbortSignal;
  print(line: string): void;
  complain(line: string): void;
}

/** Exit codes of the command. */
const OK = 0;
const FAILED = 1;
/** A command failed somewhere, or did not come to its end. */
const BAD_EXIT = 2;

/** Prints what agents say of a job until they are silent. @returns the exit code of the command */
export async function waitForJob(options: WaitOptions): Promise<number> {
  const { api, folder, interrupted, print, complain, verbose } = options;
  const startedAtMs = performance.now();
  const tally = new Tally(options);
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, interrupted]);
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => over.abort(), options.quietMs * (tally.isAtWork ? 2 : 1));
  };
  restart();
  try {
    const onResult = (result: JobResult) => {
      tally.take(result);
      restart();
    };
    await followResults({ api, folder, signal, onResult, onOddity: complain });
  } catch (error) {
    if (!signal.aborted) {
      complain(`Failed to read results: ${(error as Error).message}`);
      return FAILED;
    }
  } finally {
    clearTimeout(timer);
  }
  if (interrupted.aborted) return FAILED;
  print(`${tally.exits} / ${tally.acks} node(s) completed / acknowledged`);
  if (verbose) {
    print(`Completed in ${((performance.now() - startedAtMs) / 1000).toFixed(2)} seconds`);
  }
  return tally.isBad || tally.isAtWork ? BAD_EXIT : OK;
}

/** Prints results and counts them. */
class Tally {
  acks = 0;
  exits = 0;
  isBad = false;
  readonly #options: Pick<WaitOptions, 'print' | 'verbose'>;
  /** A character may be split over two pieces of output. */
  readonly #decoders = new Map<string, StringDecoder>();

  constructor(options: Pick<WaitOptions, 'print' | 'verbose'>) {
    this.#options = options;
  }

  /** Whether an agent has begun and not ended. */
  get isAtWork(): boolean {
    return this.acks > this.exits;
  }

  take(result: JobResult): void {
    const { node } = result;
    switch (result.kind) {
      case 'ack':
        this.acks++;
        if (this.#options.verbose) this.#say('==>', node, 'acknowledged');
        break;
      case 'alive':
        if (this.#options.verbose) this.#say('==>', node, 'heartbeat received');
        break;
      case 'output':
        this.#say('   ', node, this.#decoder(node).write(Buffer.from(result.output)));
        break;
      case 'exit':
        this.exits++;
        this.isBad ||= result.code !== 0;
        this.#say('==>', node, `finished with exit code ${result.code}`);
    }
  }

  #decoder(node: string): StringDecoder {
    const decoder = this.#decoders.get(node) ?? new StringDecoder();
    this.#decoders.set(node, decoder);
    return decoder;
  }

  /** Each line with the node that says it. */
  #say(mark: string, node: string, text: string): void {
    const lines = text.split('\n').map((line) => `${mark} ${node}: ${line}`);
    this.#options.print(lines.join('\n').trimEnd());
  }
}
