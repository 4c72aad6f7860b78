import type { Intention } from '@mesh/api-contract';
import { columns } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { INTENTIONS, intentionId } from '../intention-target.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export const command = defineApiCommand({
  usage: 'consul intention get [options] SRC DST | ID',
  about: `Shows an intention, named by its ID or by its source and destination.

    $ consul intention get web db`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    const client = api();
    const id = await intentionId(client, args);
    const work = client.get<Intention>(`${INTENTIONS}/${encodeURIComponent(id)}`);
    const intention = await attempt('Error reading the intention', work);
    print(columns(rowsOf(intention)));
    return 0;
  },
});

function rowsOf(intention: Intention): readonly (readonly [string, string])[] {
  const { SourceName, DestinationName, Action, ID, Description, Meta, CreatedAt } = intention;
  return [
    ['Source:', SourceName],
    ['Destination:', DestinationName],
    ['Action:', Action],
    ['ID:', ID],
    ...(Description === '' ? [] : ([['Description:', Description]] as const)),
    ...Object.entries(Meta ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [`Meta[${key}]:`, value] as const),
    ['Created At:', rfc850(new Date(CreatedAt))],
  ];
}

/** `Monday, 23-Nov-26 03:36:06 UTC`. */
function rfc850(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${DAYS[date.getUTCDay()]}, ${day}-${two(date.getUTCFullYear() % 100)} ${time} UTC`;
}
