import { IntentBuffer } from './intent-buffer.ts';

describe('IntentBuffer', () => {
  it('keeps the newest intent of a name', () => {
    const buffer = new IntentBuffer(() => 0);
    expect(buffer.put('a', 'join', 5, 100)).toBe(true);
    expect(buffer.put('a', 'leave', 5, 200)).toBe(false);
    expect(buffer.put('a', 'leave', 4, 200)).toBe(false);
    expect(buffer.get('a')).toEqual({ kind: 'join', lamportTime: 5, heardAtMs: 100 });
    expect(buffer.put('a', 'leave', 6, 300)).toBe(true);
    expect(buffer.get('a')).toEqual({ kind: 'leave', lamportTime: 6, heardAtMs: 300 });
  });

  it('forgets what was heard too long ago', () => {
    const buffer = new IntentBuffer(() => 0);
    buffer.put('old', 'join', 1, 0);
    buffer.put('new', 'join', 1, 1);
    buffer.expire(300_001, 300_000);
    expect([buffer.get('old'), buffer.get('new')?.lamportTime]).toEqual([undefined, 1]);
  });

  it('holds 4096 names, and twice the members when they are many', () => {
    let members = 0;
    const buffer = new IntentBuffer(() => members);
    for (let index = 0; index < 5000; index += 1) buffer.put(`n${index}`, 'join', 1, 0);
    expect(buffer.size).toBe(4096);
    expect(buffer.get('n0')).toBeUndefined();
    expect(buffer.get('n4999')).toBeDefined();
    members = 3000;
    for (let index = 5000; index < 12_000; index += 1) buffer.put(`n${index}`, 'join', 1, 0);
    expect(buffer.size).toBe(6000);
  });
});
