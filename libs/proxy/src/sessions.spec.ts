import type { Peer } from './identity.ts';
import { Sessions } from './sessions.ts';

const identity = {
  trustDomain: 'x.consul',
  namespace: 'default',
  datacenter: 'dc1',
  service: 'db',
};
const peer: Peer = { identity, validBeforeMs: 1000 };

function session(text: string, generation = 1) {
  return { ticket: Buffer.from(text), peer, generation };
}

describe('sessions with endpoints', () => {
  it('are used while they were made with what holds now', () => {
    const sessions = new Sessions();
    sessions.keep('a:1', session('one'));
    expect(sessions.usable('a:1', 1, 999)?.ticket.toString()).toBe('one');
    expect(sessions.usable('b:1', 1, 999)).toBeUndefined();
  });

  it('are forgotten when the own certificate or the roots changed', () => {
    const sessions = new Sessions();
    sessions.keep('a:1', session('one'));
    expect(sessions.usable('a:1', 2, 0)).toBeUndefined();
    expect(sessions.usable('a:1', 1, 0)).toBeUndefined();
  });

  it("are forgotten when the peer's certificate has expired", () => {
    const sessions = new Sessions();
    sessions.keep('a:1', session('one'));
    expect(sessions.usable('a:1', 1, 1000)).toBeUndefined();
    expect(sessions.usable('a:1', 1, 0)).toBeUndefined();
  });

  it('the last one counts, until it is dropped', () => {
    const sessions = new Sessions();
    sessions.keep('a:1', session('one'));
    sessions.keep('a:1', session('two'));
    expect(sessions.usable('a:1', 1, 0)?.ticket.toString()).toBe('two');
    sessions.drop('a:1');
    expect(sessions.usable('a:1', 1, 0)).toBeUndefined();
  });

  it('are kept for 1,024 endpoints, the first goes first', () => {
    const sessions = new Sessions();
    for (let at = 0; at < 1024; at++) sessions.keep(`a:${at}`, session('x'));
    // One that is there already takes no place of another.
    sessions.keep('a:5', session('again'));
    expect(sessions.usable('a:0', 1, 0)).toBeDefined();
    sessions.keep('b:1', session('new'));
    expect(sessions.usable('a:0', 1, 0)).toBeUndefined();
    expect(sessions.usable('a:1', 1, 0)).toBeDefined();
    expect(sessions.usable('b:1', 1, 0)).toBeDefined();
  });
});
