import { type ChildProcess, spawn } from 'node:child_process';
import { until } from '@mesh/testkit';

/** Output kept of a program; of more the oldest goes. */
const LOG_CHARS = 20_000;

/** A program on a host of the lab, started again with the same words after each end. */
export class HostProgram {
  readonly name: string;
  private readonly words: readonly string[];
  private readonly env: Readonly<Record<string, string>>;
  private child: ChildProcess | undefined;
  private running = false;
  private output = '';

  constructor(name: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.words = words;
    this.env = env;
  }

  get isRunning(): boolean {
    return this.running;
  }

  start(): void {
    if (this.running) throw new Error(`${this.name} runs already`);
    const [command, ...args] = this.words;
    const child = spawn(command!, args, {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.running = true;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output = (this.output + chunk).slice(-LOG_CHARS);
      });
    }
    child.on('close', () => {
      if (this.child === child) this.running = false;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Resolves when the process is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    this.signal(signal);
    await until(`${this.name} to end`, () => !this.running, 40_000);
  }

  log(): string {
    return `--- ${this.name}\n${this.output}`;
  }
}
