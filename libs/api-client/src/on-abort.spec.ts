import { onAbort } from './on-abort.ts';

describe('onAbort', () => {
  it('calls all that wait, each once, but those that took it back', () => {
    const abort = new AbortController();
    const called: string[] = [];
    onAbort(abort.signal, () => called.push('a'));
    const takeBack = onAbort(abort.signal, () => called.push('b'));
    onAbort(abort.signal, () => called.push('c'));
    takeBack();
    takeBack();
    abort.abort();
    expect(called).toEqual(['a', 'c']);
  });

  it('calls at once when the signal has fired', () => {
    const called: string[] = [];
    onAbort(AbortSignal.abort(), () => called.push('now'))();
    expect(called).toEqual(['now']);
  });

  it('puts one listener on a signal, however many wait', () => {
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const same = () => {};
    for (let at = 0; at < 100; at++) onAbort(signal, same);
    expect(add).toHaveBeenCalledTimes(1);
  });
});
