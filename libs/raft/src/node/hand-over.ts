import { MeshError } from '@mesh/base';
import type { Settle } from './proposals.ts';

/** The caller of a leadership transfer, until it is known how that ended. */
export class HandOver {
  private waiting: (Settle & { readonly target: string }) | undefined;

  get isUnderWay(): boolean {
    return this.waiting !== undefined;
  }

  begin(target: string): Promise<void> {
    return new Promise<unknown>((resolve, reject) => {
      this.waiting = { target, resolve, reject };
    }).then(() => undefined);
  }

  end(ok: boolean): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (ok) waiting?.resolve(undefined);
    else {
      const message = `leadership transfer to ${waiting?.target ?? 'a voter'} took too long`;
      waiting?.reject(new MeshError('unavailable', message));
    }
  }

  fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
