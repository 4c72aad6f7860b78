import { invalid } from '@mesh/base';
import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import { answerKeyQuery } from './key-answer.ts';
import { KeyQueryDigest, keyQuery } from './key-query.ts';
import type { KeyOperations } from './types.ts';

const KEY = new Uint8Array(16).fill(7);
const FITS = () => true;

function answer(changes: Partial<{ result: boolean; message: string; keys: string[] }> = {}) {
  return encodeSerf({
    kind: 'keyResponse',
    result: true,
    message: '',
    keys: [],
    primaryKey: changes.keys?.[0] ?? '',
    ...changes,
  });
}

function ring(keys: readonly string[] | undefined): KeyOperations & { done: string[] } {
  const done: string[] = [];
  return {
    done,
    list: () => keys,
    install: (key) => done.push(`install ${key.length}`),
    use: (key) => done.push(`use ${key.length}`),
    remove: () => {
      throw invalid('removing the primary key is not allowed');
    },
  };
}

describe('the query', () => {
  it('has its name and the key', () => {
    const { name, payload, relayFactor } = keyQuery('install', KEY, 2);
    expect([name, relayFactor]).toEqual(['_serf_install-key', 2]);
    expect(decodeSerf(payload)).toEqual({ kind: 'keyRequest', key: KEY });
  });

  it.each([
    ['list', '_serf_list-keys'],
    ['use', '_serf_use-key'],
    ['remove', '_serf_remove-key'],
  ] as const)('to %s is named %s', (operation, name) => {
    expect(keyQuery(operation, undefined, 0).name).toBe(name);
  });
});

describe('the answer of a member', () => {
  it.each([
    ['list', undefined, 'Keyring is empty (encryption not enabled)'],
    ['install', undefined, 'No keyring to modify (encryption not enabled)'],
    ['list', ring(undefined), 'Keyring is empty (encryption not enabled)'],
    ['use', ring(undefined), 'No keyring to modify (encryption not enabled)'],
  ] as const)('to %s without encryption is a failure', (operation, keys, message) => {
    const payload = keyQuery(operation, KEY, 0).payload;
    expect(decodeSerf(answerKeyQuery(operation, payload, keys, FITS))).toMatchObject({
      result: false,
      message,
    });
  });

  it('does what is asked', () => {
    const keys = ring(['a']);
    for (const operation of ['install', 'use'] as const) {
      const { payload } = keyQuery(operation, KEY, 0);
      expect(decodeSerf(answerKeyQuery(operation, payload, keys, FITS))).toMatchObject({
        result: true,
        message: '',
      });
    }
    expect(keys.done).toEqual(['install 16', 'use 16']);
  });

  it('tells what is wrong', () => {
    const { payload } = keyQuery('remove', KEY, 0);
    const answered = answerKeyQuery('remove', payload, ring(['a']), FITS);
    expect(decodeSerf(answered)).toMatchObject({
      result: false,
      message: 'removing the primary key is not allowed',
    });
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['noise', new Uint8Array([255, 1, 2])],
    ['another message', encodeSerf({ kind: 'join', lamportTime: 1, node: 'a' })],
    ['no key', encodeSerf({ kind: 'keyRequest', key: undefined })],
  ])('to %s is a failure', (_, payload) => {
    const keys = ring(['a']);
    const answered = answerKeyQuery('install', payload, keys, FITS);
    expect(decodeSerf(answered)).toMatchObject({ result: false });
    expect(keys.done).toEqual([]);
  });

  it('lists the keys, primary first', () => {
    const { payload } = keyQuery('list', undefined, 0);
    expect(decodeSerf(answerKeyQuery('list', payload, ring(['p', 's']), FITS))).toEqual({
      kind: 'keyResponse',
      result: true,
      message: '',
      keys: ['p', 's'],
      primaryKey: 'p',
    });
  });

  it('cuts a list that is too long, and says so', () => {
    const all = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(44, 'k'));
    const fits = (bytes: Uint8Array) => bytes.length <= 980;
    const { payload } = keyQuery('list', undefined, 0);
    const answered = answerKeyQuery('list', payload, ring(all), fits);
    const listed = decodeSerf(answered);
    if (listed.kind !== 'keyResponse') throw new Error(listed.kind);
    const count = listed.keys.length;
    expect(listed.result).toBe(true);
    expect(listed.keys).toEqual(all.slice(0, count));
    expect(listed.message).toBe(`truncated key list response, showing first ${count} of 50 keys`);
    // Another key would not have fit.
    expect(answered.length).toBeGreaterThan(980 - 46);
  });
});

describe('the digest of the answers', () => {
  it('succeeds when all members succeeded', () => {
    const digest = new KeyQueryDigest(2);
    digest.add('a', answer({ keys: ['p', 's'] }));
    expect([digest.isComplete, digest.result().error]).toEqual([
      false,
      '1/2 nodes reported success',
    ]);
    digest.add('b', answer({ keys: ['p'] }));
    expect(digest.isComplete).toBe(true);
    expect(digest.result()).toEqual({
      members: 2,
      answers: 2,
      failures: 0,
      messages: {},
      keys: { p: 2, s: 1 },
      primaryKeys: { p: 2 },
      error: undefined,
    });
  });

  it('counts each member once', () => {
    const digest = new KeyQueryDigest(2);
    digest.add('a', answer());
    digest.add('a', answer({ result: false, message: 'no' }));
    expect(digest.result()).toMatchObject({ answers: 1, failures: 0 });
  });

  it('fails when one member failed', () => {
    const digest = new KeyQueryDigest(2);
    digest.add('a', answer());
    digest.add('b', answer({ result: false, message: 'disk full' }));
    expect(digest.result()).toMatchObject({
      failures: 1,
      messages: { b: 'disk full' },
      error: '1/2 nodes reported failure',
    });
  });

  it('takes a truncated list for a success', () => {
    const digest = new KeyQueryDigest(1);
    digest.add('a', answer({ message: 'truncated', keys: ['p'] }));
    expect(digest.result()).toMatchObject({
      error: undefined,
      messages: { a: 'truncated' },
      keys: { p: 1 },
    });
  });

  it('counts nonsense as failures', () => {
    const digest = new KeyQueryDigest(3);
    digest.add('a', new Uint8Array());
    digest.add('b', encodeSerf({ kind: 'join', lamportTime: 1, node: 'x' }));
    digest.add('__proto__', new Uint8Array([8, 0xff]));
    expect(digest.result()).toMatchObject({ failures: 3, error: '3/3 nodes reported failure' });
    expect(digest.result().messages['b']).toBe('Invalid key query response type: join');
  });
});
