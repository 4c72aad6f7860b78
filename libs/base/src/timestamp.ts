const DAY_MS = 86_400_000;

/** Milliseconds since the Unix epoch as RFC 3339 in UTC, whole milliseconds kept: `2026-11-23T03:31:46.534Z`. */
export function timestamp(epochMs: number): string {
  const days = Math.floor(epochMs / DAY_MS);
  const restMs = Math.floor(epochMs - days * DAY_MS);
  const [year, month, day] = civilDate(days);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const [hours, minutes, seconds, ms] = [
    Math.floor(restMs / 3_600_000),
    Math.floor(restMs / 60_000) % 60,
    Math.floor(restMs / 1000) % 60,
    restMs % 1000,
  ];
  return `${date}T${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(ms, 3)}Z`;
}

/**
 * Year, month and day of a count of days since 1970-01-01 in the Gregorian calendar. Counts years from
 * March, so that the leap day is the last one.
 */
function civilDate(daysSinceEpoch: number): readonly [number, number, number] {
  const days = daysSinceEpoch + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * march + 2) / 5) + 1;
  const month = march < 10 ? march + 3 : march - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
