import { request } from '../../api/request.ts';
import { deleteKey, deleteTree, readPair, writePair } from './kv-requests.ts';

jest.mock('../../api/request.ts', () => ({
  request: jest.fn(),
  ApiFailure: class extends Error {
    readonly status: number;
    constructor(status: number, message: string) {
      super(message);
      this.status = status;
    }
  },
}));

const asked = request as jest.Mock;
const { ApiFailure } =
  jest.requireMock<typeof import('../../api/request.ts')>('../../api/request.ts');
const bytes = (...all: number[]) => Uint8Array.from(all);
const answers = (text: string) => asked.mockResolvedValueOnce({ text });
const fails = (status: number, text: string) =>
  asked.mockRejectedValueOnce(new ApiFailure(status, text));
/** What was sent as the body of the last request, as text. */
const sent = () => new TextDecoder().decode(asked.mock.lastCall?.[2].bytes);

const PAIR =
  '{"Key":"a","Value":"AP8=","Flags":18446744073709551615,' +
  '"CreateIndex":1,"ModifyIndex":2,"LockIndex":0}';
const STALE =
  '{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to set key \\"..\\", index is stale"}]}';
const DENIED = '{"Results":null,"Errors":[{"OpIndex":0,"What":"Permission denied"}]}';

beforeEach(() => asked.mockReset());

test('a key is read with all bits of its flags', async () => {
  answers(`[${PAIR}]`);
  const pair = await readPair('dc1', 'a b/c');
  expect(pair).toMatchObject({ value: bytes(0, 255), flags: 2n ** 64n - 1n, modifyIndex: 2 });
  expect(asked).toHaveBeenCalledWith('GET', '/v1/kv/a%20b/c', { query: { dc: 'dc1' } });
});

test('that there is none is an answer, and other failures are none', async () => {
  fails(404, '');
  expect(await readPair('dc1', 'a')).toBeUndefined();
  fails(500, 'No cluster leader');
  await expect(readPair('dc1', 'a')).rejects.toThrow('No cluster leader');
});

test('a write names its condition, and its flags where there are some', async () => {
  answers('true\n');
  expect(await writePair('dc1', 'a', { value: bytes(0, 255), flags: 0n, cas: 7 })).toBe(true);
  const query = { dc: 'dc1', cas: 7, flags: undefined };
  expect(asked).toHaveBeenLastCalledWith('PUT', '/v1/kv/a', { query, bytes: bytes(0, 255) });
  answers('false');
  expect(await writePair('dc1', 'a', { value: bytes(), flags: 2n ** 63n, cas: 0 })).toBe(false);
  expect(asked.mock.lastCall?.[2].query).toEqual({ dc: 'dc1', cas: 0, flags: String(2n ** 63n) });
});

test('a key is deleted at an index or at any, and a tree with all in it', async () => {
  answers('true');
  expect(await deleteKey('dc1', 'a', 7)).toBe(true);
  expect(asked).toHaveBeenLastCalledWith('DELETE', '/v1/kv/a', { query: { dc: 'dc1', cas: 7 } });
  answers('false');
  expect(await deleteKey('dc1', 'a', 8)).toBe(false);
  answers('true');
  await deleteTree('dc1', 'a/');
  const query = { dc: 'dc1', recurse: true };
  expect(asked).toHaveBeenLastCalledWith('DELETE', '/v1/kv/a/', { query });
});

describe('keys that no path can carry travel in transactions', () => {
  test('read', async () => {
    answers(`{"Results":[{"KV":${PAIR}}],"Errors":null}`);
    expect(await readPair('dc1', '..')).toMatchObject({ flags: 2n ** 64n - 1n });
    expect(asked.mock.lastCall?.slice(0, 2)).toEqual(['PUT', '/v1/txn']);
    expect(sent()).toBe('[{"KV":{"Verb":"get","Key":".."}}]');
    fails(409, '{"Results":null,"Errors":[{"OpIndex":0,"What":"key \\"..\\" doesn\'t exist"}]}');
    expect(await readPair('dc1', '..')).toBeUndefined();
    fails(409, DENIED);
    await expect(readPair('dc1', '..')).rejects.toThrow('Permission denied');
  });

  test('written', async () => {
    answers('{"Results":[{}],"Errors":null}');
    const write = { value: bytes(0, 255), flags: 2n ** 64n - 1n, cas: 7 };
    expect(await writePair('dc1', '/a"', write)).toBe(true);
    expect(sent()).toBe(
      '[{"KV":{"Verb":"cas","Key":"/a\\"","Value":"AP8=","Flags":18446744073709551615,"Index":7}}]',
    );
    fails(409, STALE);
    expect(await writePair('dc1', '..', write)).toBe(false);
    fails(409, DENIED);
    await expect(writePair('dc1', '..', write)).rejects.toThrow('Permission denied');
    fails(413, 'too large');
    await expect(writePair('dc1', '..', write)).rejects.toThrow('too large');
  });

  test('deleted', async () => {
    answers('{"Results":null,"Errors":null}');
    expect(await deleteKey('dc1', 'a//b')).toBe(true);
    expect(sent()).toBe('[{"KV":{"Verb":"delete","Key":"a//b"}}]');
    fails(409, STALE);
    expect(await deleteKey('dc1', 'a//b', 3)).toBe(false);
    expect(sent()).toBe('[{"KV":{"Verb":"delete-cas","Key":"a//b","Index":3}}]');
    answers('{"Results":null,"Errors":null}');
    await deleteTree('dc1', 'a//');
    expect(sent()).toBe('[{"KV":{"Verb":"delete-tree","Key":"a//"}}]');
    fails(409, DENIED);
    await expect(deleteTree('dc1', 'a//')).rejects.toThrow('Permission denied');
  });
});
