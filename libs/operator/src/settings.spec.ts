import { MeshError, utf8Bytes } from '@mesh/base';
import fc from 'fast-check';
import { DEFAULT_LIMITS, decodeSettings, limitsOf, settingsOf } from './settings.ts';

const decode = (body: unknown) =>
  decodeSettings(utf8Bytes(typeof body === 'string' ? body : JSON.stringify(body)));

test.each([
  [{ LastContactThreshold: '300ms' }, { LastContactThreshold: '300ms' }],
  [{ LastContactThreshold: 300e6 }, { LastContactThreshold: '300ms' }],
  [{ LastContactThreshold: '90s' }, { LastContactThreshold: '1m30s' }],
  [{ LastContactThreshold: 0 }, { LastContactThreshold: '0s' }],
  [{ LastContactThreshold: null }, { LastContactThreshold: '0s' }],
  [{ ServerStabilizationTime: 1500 }, { ServerStabilizationTime: '1.5µs' }],
  [{ cleanupdeadservers: true }, { CleanupDeadServers: true }],
  [{ MaxTrailingLogs: 12, CreateIndex: 9, ModifyIndex: 9 }, { MaxTrailingLogs: 12 }],
  [{ UpgradeVersionTag: 'v', RedundancyZoneTag: 'z' }, { UpgradeVersionTag: 'v' }],
  [{ Colour: 'red' }, { MinQuorum: 0 }],
])('%j', (body, expected) => expect(decode(body)).toMatchObject(expected));

test.each([
  ['', 'the body is empty'],
  ['{', 'JSON'],
  ['[]', 'an object'],
  ['null', 'an object'],
  [{ CleanupDeadServers: 'yes' }, 'CleanupDeadServers'],
  [{ LastContactThreshold: 'soon' }, 'LastContactThreshold'],
  [{ LastContactThreshold: '-1s' }, 'LastContactThreshold'],
  [{ LastContactThreshold: 1e300 }, 'LastContactThreshold'],
  [{ LastContactThreshold: {} }, 'LastContactThreshold'],
  [{ ServerStabilizationTime: -1 }, 'ServerStabilizationTime'],
  [{ MaxTrailingLogs: -1 }, 'MaxTrailingLogs'],
  [{ MaxTrailingLogs: 1.5 }, 'MaxTrailingLogs'],
  [{ MaxTrailingLogs: 2 ** 60 }, 'MaxTrailingLogs'],
  [{ MinQuorum: '3' }, 'MinQuorum'],
])('%j is refused', (body, what) => {
  const refused = expect.objectContaining({
    code: 'invalid-argument',
    message: expect.stringMatching(`^Bad request: Error parsing autopilot config: .*${what}`),
  });
  let thrown: unknown;
  try {
    decode(body);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(refused);
});

test('numbers and texts are the same settings', () => {
  const settings = settingsOf(DEFAULT_LIMITS);
  expect(settings).toMatchObject({ LastContactThreshold: '200ms', ServerStabilizationTime: '10s' });
  expect(limitsOf(settings)).toEqual(DEFAULT_LIMITS);
});

test('any JSON gives settings that have limits, or a refusal', () => {
  const names = Object.keys(settingsOf(DEFAULT_LIMITS));
  const leaf = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.double(), fc.constantFrom('1h', '3µs'));
  const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), leaf));
  fc.assert(
    fc.property(body, (value) => {
      try {
        const settings = decode(value);
        const limits = limitsOf(settings);
        expect(limits.lastContactThresholdMs).toBeGreaterThanOrEqual(0);
        expect(limits.serverStabilizationMs).toBeGreaterThanOrEqual(0);
        // What one server writes another takes as it is.
        expect(decode(settings)).toEqual(settings);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MeshError);
        expect(thrown).toMatchObject({ code: 'invalid-argument' });
      }
    }),
    { numRuns: 2000 },
  );
});
