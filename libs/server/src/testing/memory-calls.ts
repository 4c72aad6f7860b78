import { MeshError } from '@mesh/base';
import type { CallClient, CallHandler, CallSettings } from '@mesh/rpc';
import { Packr, Unpackr } from 'msgpackr';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, copyBuffers: true, int64AsType: 'auto' as never });
const overTheWire = (value: unknown): unknown => unpackr.unpack(packr.pack(value));

/** Calls within the process, their bodies through MessagePack as over the network. */
export class MemoryCalls implements CallClient {
  /** Calls that reached a handler. */
  readonly made: { readonly address: string; readonly method: string }[] = [];
  private readonly handlers = new Map<string, CallHandler>();
  private readonly faults = new Map<string, 'gone' | 'silent'>();

  serve(address: string, handler: CallHandler): void {
    this.handlers.set(address, handler);
  }

  /** `gone`: connections are refused; `silent`: calls arrive and are never answered. */
  break(address: string, fault: 'gone' | 'silent'): void {
    this.faults.set(address, fault);
  }

  heal(address: string): void {
    this.faults.delete(address);
  }

  async call(
    address: string,
    method: string,
    body: unknown,
    { signal }: CallSettings,
  ): Promise<unknown> {
    const handler = this.handlers.get(address);
    const fault = this.faults.get(address);
    if (!handler || fault === 'gone') throw new MeshError('unavailable', `${address}: refused`);
    this.made.push({ address, method });
    if (signal?.aborted) throw new MeshError('cancelled', 'given up');
    const abort = new AbortController();
    const givenUp = new Promise<never>((_, reject) => {
      const onAbort = () => {
        abort.abort();
        reject(new MeshError('cancelled', 'given up'));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    if (fault === 'silent') return givenUp;
    const context = { remoteAddress: '127.0.0.1:1', signal: abort.signal };
    const answer = handler(method, overTheWire(body), context).catch((thrown: unknown) => {
      const { code, message } = MeshError.from(thrown);
      throw new MeshError(code, message);
    });
    return overTheWire(await Promise.race([answer, givenUp]));
  }
}
