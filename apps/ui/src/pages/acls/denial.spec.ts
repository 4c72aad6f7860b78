import { denialOf } from './denial.ts';

test.each([
  [401, 'ACL support disabled', false, 'off'],
  [401, 'ACL support disabled', true, 'off'],
  [403, 'Permission denied', false, 'anonymous'],
  [403, 'ACL not found', false, 'anonymous'],
  [403, 'ACL not found', true, 'unknown-token'],
  [403, "Permission denied: token with AccessorID 'x' lacks acl:read", true, 'lacking'],
  [500, 'No cluster leader', true, undefined],
  [0, 'the agent cannot be reached', false, undefined],
] as const)('%i %s, signed in: %s', (status, message, isSignedIn, expected) => {
  expect(denialOf({ status, message }, isSignedIn)).toBe(expected);
});
