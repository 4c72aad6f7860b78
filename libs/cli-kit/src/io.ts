/** What a command sees of the outside world. */
export interface Io {
  /** Writes to stdout as it is; returns once the bytes are with the operating system. */
  out(data: string | Uint8Array): void;
  /** Writes to stderr. */
  err(text: string): void;
  /** Everything on stdin up to its end. */
  readStdin(): Promise<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Signals that would end the process go to `listener` from now on, until the returned function is
   * called.
   */
  onSignal(signals: readonly string[], listener: (signal: string) => void): () => void;
}
