import { boolFlag, intFlag, textFlag, underHeading } from './flag.ts';
import { commandHelp, flagUsage } from './usage.ts';

const FLAGS = {
  ...underHeading('HTTP API Options', { token: textFlag('Token of the request.', '', 'value') }),
  status: textFlag('Only this status.', '.*'),
  all: boolFlag('Everything.'),
  n: intFlag('How many.', 3),
};

describe('help', () => {
  it('lists flags below an error as Go does, sorted, with defaults', () => {
    expect(flagUsage(FLAGS)).toBe(
      'Usage:\n' +
        '  -all\n    \tEverything.\n' +
        '  -n int\n    \tHow many. (default 3)\n' +
        '  -status string\n    \tOnly this status. (default ".*")\n' +
        '  -token value\n    \tToken of the request.\n',
    );
  });

  it('shows usage, purpose, and flags by heading, own ones last', () => {
    expect(commandHelp('consul x [options]', 'Does x.\n\n    $ consul x', FLAGS)).toBe(
      'Usage: consul x [options]\n\n  Does x.\n\n      $ consul x\n' +
        '\nHTTP API Options\n\n  -token=<value>\n     Token of the request.\n' +
        '\nCommand Options\n\n  -all\n     Everything.\n' +
        '\n  -n=<int>\n     How many. The default value is 3.\n' +
        '\n  -status=<string>\n     Only this status. The default value is ".*".\n',
    );
  });

  it('wraps long descriptions', () => {
    const flags = { x: boolFlag('word '.repeat(40).trim()) };
    for (const line of commandHelp('u', 'a', flags).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(72);
    }
  });
});
