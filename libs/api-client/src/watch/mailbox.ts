/** Holds the newest item for one reader; an unread one is replaced. */
export class Mailbox<T> implements AsyncIterable<T> {
  #item: { readonly value: T } | undefined;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  put(value: T): void {
    this.#item = { value };
    this.#wake?.();
  }

  /** Ends the iteration, with an error if there is one; what is not read yet is lost. */
  close(error: Error | undefined): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      if (this.#end) {
        if (this.#end.error) throw this.#end.error;
        return;
      }
      const item = this.#item;
      this.#item = undefined;
      if (item) {
        yield item.value;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
