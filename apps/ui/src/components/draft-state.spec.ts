import { isDirty, keepMine, receive, startDraft, takeTheirs } from './draft-state.ts';

const STARTED = startDraft({ name: 'a', tags: ['x'] });
const EDITED = { ...STARTED, draft: { name: 'b', tags: ['x'] } };

test('what is edited back is not an edit', () => {
  expect(isDirty(STARTED)).toBe(false);
  expect(isDirty(EDITED)).toBe(true);
  expect(isDirty({ ...EDITED, draft: { name: 'a', tags: ['x'] } })).toBe(false);
});

test('changes of others are followed while nothing is edited', () => {
  const next = receive(STARTED, { name: 'c', tags: [] });
  expect(next).toEqual(startDraft({ name: 'c', tags: [] }));
});

test('the same news changes nothing at all', () => {
  expect(receive(EDITED, { name: 'a', tags: ['x'] })).toBe(EDITED);
  const disputed = receive(EDITED, { name: 'c', tags: ['x'] });
  expect(receive(disputed, { name: 'c', tags: ['x'] })).toBe(disputed);
});

test('an edit is kept when others change the same, and one may choose', () => {
  const disputed = receive(EDITED, { name: 'c', tags: ['x'] });
  expect(disputed).toEqual({ ...EDITED, theirs: { name: 'c', tags: ['x'] } });
  expect(takeTheirs(disputed)).toEqual(startDraft({ name: 'c', tags: ['x'] }));
  const mine = keepMine(disputed);
  expect(mine.draft).toEqual({ name: 'b', tags: ['x'] });
  expect(mine.theirs).toBeUndefined();
  expect(receive(mine, { name: 'c', tags: ['x'] })).toBe(mine);
});

test('there is no dispute once they take it back, or make the same of it', () => {
  const disputed = receive(EDITED, { name: 'c', tags: ['x'] });
  expect(receive(disputed, { name: 'a', tags: ['x'] })).toEqual(EDITED);
  expect(receive(EDITED, { name: 'b', tags: ['x'] })).toEqual(
    startDraft({ name: 'b', tags: ['x'] }),
  );
});
