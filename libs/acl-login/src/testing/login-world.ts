import type { LoginVerifier } from '@mesh/acl-system';
import type { JsonAnswer, JsonRequest } from '../json-client.ts';
import { createLoginVerifier } from '../verifier.ts';

/** 2026-11-23T12:00:00Z, seconds. */
export const NOW_S = 1_795_435_200;

/** A verifier with a clock that stands, and a network that answers what is set. */
export class LoginWorld {
  readonly requests: JsonRequest[] = [];
  /** By `METHOD URL`; what is not there answers 404. */
  readonly answers = new Map<string, JsonAnswer>();
  nowMs = NOW_S * 1000;
  readonly verifier: LoginVerifier = createLoginVerifier({
    clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
    ask: async (request) => {
      this.requests.push(request);
      const { method, url } = request;
      return this.answers.get(`${method} ${url}`) ?? { status: 404, body: undefined };
    },
  });

  answer(target: string, body: unknown, status = 200): void {
    this.answers.set(target, { status, body });
  }

  verify(type: string, config: Readonly<Record<string, unknown>>, token: string) {
    return this.verifier.verify({ name: 'm', type, config }, token);
  }
}
