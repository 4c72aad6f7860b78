import type { LogEntry, StateMachine } from '@mesh/raft';
import type { KvInput, KvOutput } from '../check/kv-model.ts';

/** Keys in one chunk of a snapshot. */
const CHUNK_KEYS = 2;

/** A command in the log. */
export interface KvCommand {
  readonly key: string;
  readonly input: KvInput;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeCommand(command: KvCommand): Uint8Array {
  return encoder.encode(JSON.stringify(command));
}

/** Keys and values driven by the log; tells an observer of each entry it applies. */
export class KvMachine implements StateMachine {
  private values = new Map<string, string>();
  private readonly onApply: (entry: LogEntry) => void;

  constructor(onApply: (entry: LogEntry) => void) {
    this.onApply = onApply;
  }

  get(key: string): string | undefined {
    return this.values.get(key);
  }

  /** The whole state as text, equal for equal states. */
  digest(): string {
    return JSON.stringify([...this.values].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  apply(entries: readonly LogEntry[]): readonly unknown[] {
    return entries.map((entry) => {
      this.onApply(entry);
      if (entry.kind !== 'command') return undefined;
      return this.run(JSON.parse(decoder.decode(entry.data)) as KvCommand);
    });
  }

  capture(): Iterable<Uint8Array> {
    const rows = [...this.values];
    return (function* () {
      for (let at = 0; at < rows.length || at === 0; at += CHUNK_KEYS) {
        yield encoder.encode(`${JSON.stringify(rows.slice(at, at + CHUNK_KEYS))}\n`);
      }
    })();
  }

  async restore(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    let text = '';
    for await (const chunk of chunks) text += decoder.decode(chunk);
    const rows = text
      .trimEnd()
      .split('\n')
      .flatMap((line) => JSON.parse(line) as [string, string][]);
    this.values = new Map(rows);
  }

  private run({ key, input }: KvCommand): KvOutput {
    if (input.kind === 'read') return { value: this.values.get(key) };
    if (input.kind === 'cas' && this.values.get(key) !== input.expected) return { wrote: false };
    this.values.set(key, input.value);
    return input.kind === 'cas' ? { wrote: true } : {};
  }
}
