import { MeshError, utf8Bytes } from '@mesh/base';
import fc from 'fast-check';
import { decodePlace, decodeSpec } from './job-spec.ts';

const SESSION = '0f2b1f0a-3d4f-4a6e-9d0b-1f2e3d4c5b6a';
const json = (value: unknown) => utf8Bytes(JSON.stringify(value));

test('a place', () => {
  expect(decodePlace(json({ Prefix: '_rexec', Session: SESSION }), 'n1')).toEqual({
    session: SESSION,
    jobKey: `_rexec/${SESSION}/job`,
    folder: `_rexec/${SESSION}/n1`,
  });
  const { jobKey } = decodePlace(json({ Prefix: '/a//b/', Session: SESSION }), 'n1');
  expect(jobKey).toBe(`a/b/${SESSION}/job`);
});

test.each([
  ['nothing', null],
  ['no JSON', utf8Bytes('{')],
  ['no object', json([])],
  ['no session', json({ Prefix: '_rexec' })],
  ['a session that is none', json({ Prefix: '_rexec', Session: '../../x' })],
  ['a prefix that is no text', json({ Prefix: 7, Session: SESSION })],
])('%s is no place', (_what, payload) => {
  expect(() => decodePlace(payload, 'n1')).toThrow(MeshError);
});

test('specs, as the original writes them', () => {
  const wait = { Wait: 2_000_000_000 };
  const none = { command: '', args: [], script: new Uint8Array(0), waitMs: 2000 };
  expect(decodeSpec(json({ Command: 'uptime', ...wait }))).toEqual({ ...none, command: 'uptime' });
  expect(decodeSpec(json({ Args: ['ls', '-l'], ...wait }))).toEqual({
    ...none,
    args: ['ls', '-l'],
  });
  expect(decodeSpec(json({ Script: 'dHJ1ZQ==', ...wait }))).toEqual({
    ...none,
    script: utf8Bytes('true'),
  });
});

test.each([
  [undefined, 500],
  [1, 500],
  [-5e9, 500],
  [3e9, 3000],
  [9.2e18, 60_000],
])('a wait of %p ns is %d ms', (Wait, waitMs) => {
  expect(decodeSpec(json({ Command: 'true', Wait })).waitMs).toBe(waitMs);
});

test.each([
  ['nothing', null],
  ['no command', json({ Wait: 1 })],
  ['a script that is no base64', json({ Script: '!' })],
  ['arguments that are no texts', json({ Args: [1] })],
])('%s is no spec', (_what, file) => {
  expect(() => decodeSpec(file)).toThrow(MeshError);
});

test('whatever comes, it throws MeshError or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8Bytes)), (bytes) => {
      for (const decode of [decodeSpec, (given: Uint8Array) => decodePlace(given, 'n')]) {
        try {
          decode(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(MeshError);
        }
      }
    }),
  );
});
