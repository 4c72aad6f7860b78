/** A time of the API as people here write it; the text itself where it is none. */
export function formattedTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  return time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
