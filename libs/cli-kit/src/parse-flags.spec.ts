import fc from 'fast-check';
import { boolFlag, durationFlag, intFlag, listFlag, mapFlag, textFlag, uintFlag } from './flag.ts';
import { FlagError, HelpRequest, parseFlags } from './parse-flags.ts';

const FLAGS = {
  detailed: boolFlag('d'),
  shell: boolFlag('s', true),
  name: textFlag('n', 'default'),
  n: intFlag('i', 1),
  flags: uintFlag('u'),
  try: durationFlag('t'),
  tag: listFlag('l'),
  meta: mapFlag('m'),
};

describe('parseFlags', () => {
  it('takes one dash or two, = or a space, and stops at the first word that is none', () => {
    const argv = ['-detailed', '--name', 'x', '-n=5', '--try=1m30s', 'key', '-detailed=false'];
    const { values, given, args } = parseFlags(FLAGS, argv);
    expect(values).toMatchObject({ detailed: true, name: 'x', n: 5, try: 90_000, shell: true });
    expect([...given]).toEqual(['detailed', 'name', 'n', 'try']);
    expect(args).toEqual(['key', '-detailed=false']);
  });

  it('-- ends the flags; a lone dash is an argument', () => {
    expect(parseFlags(FLAGS, ['-detailed', '--', '-n', '5']).args).toEqual(['-n', '5']);
    expect(parseFlags(FLAGS, ['-', '-n=5']).args).toEqual(['-', '-n=5']);
    expect(parseFlags(FLAGS, ['', '-n=5']).args).toEqual(['', '-n=5']);
  });

  it('booleans take their value only behind =', () => {
    expect(parseFlags(FLAGS, ['-shell=false', '-detailed', 'false'])).toMatchObject({
      values: { shell: false, detailed: true },
      args: ['false'],
    });
    for (const word of ['1', 't', 'T', 'TRUE', 'True']) {
      expect(parseFlags(FLAGS, [`-detailed=${word}`]).values.detailed).toBe(true);
    }
  });

  it('repeatable flags grow; others keep the last', () => {
    const argv = ['-tag=a', '-tag', 'b', '-meta', 'k=v=w', '-meta=k2=', '-name=1', '-name=2'];
    const { values } = parseFlags(FLAGS, argv);
    expect(values.tag).toEqual(['a', 'b']);
    expect([...values.meta]).toEqual([
      ['k', 'v=w'],
      ['k2', ''],
    ]);
    expect(values.name).toBe('2');
    expect(parseFlags(FLAGS, ['-tag=']).values.tag).toEqual(['']);
  });

  it('an empty value and a value with a dash are values', () => {
    expect(parseFlags(FLAGS, ['-name=']).values.name).toBe('');
    expect(parseFlags(FLAGS, ['-name', '-detailed']).values).toMatchObject({
      name: '-detailed',
      detailed: false,
    });
  });

  it.each([
    ['0', 0n],
    ['42', 42n],
    ['0x1F', 31n],
    ['017', 15n],
    ['0o17', 15n],
    ['0b101', 5n],
    ['1_000', 1000n],
    ['18446744073709551615', 2n ** 64n - 1n],
  ])('unsigned numbers are written as in Go: %s', (text, value) => {
    expect(parseFlags(FLAGS, [`-flags=${text}`]).values.flags).toBe(value);
  });

  it('negative whole numbers', () => {
    expect(parseFlags(FLAGS, ['-n', '-3']).values.n).toBe(-3);
    expect(parseFlags(FLAGS, ['-n=+0x10']).values.n).toBe(16);
  });

  it.each([
    [['-nope'], 'flag provided but not defined: -nope'],
    [['--nope=1'], 'flag provided but not defined: -nope'],
    [['-toString'], 'flag provided but not defined: -toString'],
    [['-__proto__=1'], 'flag provided but not defined: -__proto__'],
    [['-name'], 'flag needs an argument: -name'],
    [['-=x'], 'bad flag syntax: -=x'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-detailed=maybe'], 'invalid boolean value "maybe" for -detailed: parse error'],
    [['-flags=-1'], 'invalid value "-1" for flag -flags: parse error'],
    [['-flags=1__0'], 'invalid value "1__0" for flag -flags: parse error'],
    [
      ['-flags=18446744073709551616'],
      'invalid value "18446744073709551616" for flag -flags: value out of range',
    ],
    [['-n', 'x'], 'invalid value "x" for flag -n: parse error'],
    [['-n', '1.5'], 'invalid value "1.5" for flag -n: parse error'],
    [
      ['-n', '9223372036854775808'],
      'invalid value "9223372036854775808" for flag -n: value out of range',
    ],
    [['-try', '5'], 'invalid value "5" for flag -try: parse error'],
    [['-meta', 'kv'], 'invalid value "kv" for flag -meta: missing "=" value in argument: "kv"'],
  ])('%j is refused', (argv, message) => {
    expect(() => parseFlags(FLAGS, argv)).toThrow(new FlagError(message));
  });

  it.each([[['-h']], [['--help']], [['-detailed', '-help']]])('%j asks for help', (argv) => {
    expect(() => parseFlags(FLAGS, argv)).toThrow(HelpRequest);
  });

  it('any command line gives values, an error or help, nothing else', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('-', '--', '-n', '-detailed=', '-meta', '-h', '-try=1h', '-flags=0x'),
      fc.string().map((text) => `-${text}`),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        try {
          const { args } = parseFlags(FLAGS, argv);
          expect(argv.slice(argv.length - args.length)).toEqual(args);
        } catch (error) {
          expect(error instanceof FlagError || error instanceof HelpRequest).toBe(true);
        }
      }),
    );
  });
});
