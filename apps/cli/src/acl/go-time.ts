const RFC_3339 = /^(\d{4,}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d):(\d\d))$/;

/**
 * An instant of the API in the words of Go's time.String: `2026-11-23 03:36:45.753002016 +0000 UTC`.
 * Works on the text, since a JavaScript Date knows no nanoseconds. Other texts stay as they are.
 */
export function goTime(text: string): string {
  const match = RFC_3339.exec(text);
  if (!match) return text;
  const [, day, time, digits = '', hours, minutes] = match;
  const fraction = digits.slice(0, 9).replace(/0+$/, '');
  const zone = hours === undefined ? '+0000 UTC' : `${hours}${minutes} ${hours}${minutes}`;
  return `${day} ${time}${fraction === '' ? '' : `.${fraction}`} ${zone}`;
}
