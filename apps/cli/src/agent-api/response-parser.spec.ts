import fc from 'fast-check';
import { ResponseParser } from './response-parser.ts';

interface Parsed {
  status?: number;
  headers?: Record<string, string>;
  body: string;
  ended: boolean;
  error?: string;
}

/** Feeds pieces, then the end of the connection. */
function parse(pieces: readonly (string | Buffer)[], close = true): Parsed {
  const parsed: Parsed = { body: '', ended: false };
  const parser = new ResponseParser({
    onHead: ({ status, headers }) => {
      parsed.status = status;
      parsed.headers = Object.fromEntries(headers);
    },
    onBody: (chunk) => {
      parsed.body += chunk.toString('latin1');
    },
    onEnd: () => {
      parsed.ended = true;
    },
  });
  try {
    for (const piece of pieces) parser.push(Buffer.from(piece as string));
    if (close) parser.close();
  } catch (error) {
    parsed.error = (error as Error).message;
  }
  return parsed;
}

const head = (lines: string) => `HTTP/1.1 200 OK\r\n${lines}\r\n`;

describe('ResponseParser', () => {
  it('takes a body of a known length and stops there', () => {
    const text = `${head('Content-Length: 5\r\nX-Consul-Index:  7 \r\n')}hellosurplus`;
    expect(parse([text], false)).toEqual({
      status: 200,
      headers: { 'content-length': '5', 'x-consul-index': '7' },
      body: 'hello',
      ended: true,
    });
  });

  it('takes chunks, with extensions and trailers', () => {
    const body = '4;x=y\r\nwiki\r\n00A \r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n';
    const parsed = parse([head('Transfer-Encoding: chunked\r\n') + body], false);
    expect(parsed).toMatchObject({ body: 'wiki0123456789', ended: true });
  });

  it('takes a body up to the end of the connection', () => {
    expect(parse([`${head('')}all`, ' of it'])).toMatchObject({ body: 'all of it', ended: true });
  });

  it('no body with 204 and 304; interim answers are skipped', () => {
    expect(parse(['HTTP/1.1 204 No Content\r\n\r\n'], false)).toMatchObject({
      status: 204,
      ended: true,
    });
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno';
    expect(parse([text], false)).toMatchObject({ status: 403, body: 'no', ended: true });
    expect(parse([head('Content-Length: 0\r\n')], false).ended).toBe(true);
  });

  it.each([
    ['nothing', '', 'EOF'],
    ['half a head', 'HTTP/1.1 200 OK\r\nConte', 'unexpected EOF'],
    ['half a body', `${head('Content-Length: 9\r\n')}half`, 'unexpected EOF'],
    ['half a chunk', `${head('Transfer-Encoding: chunked\r\n')}9\r\nhalf`, 'unexpected EOF'],
    ['another protocol', '220 smtp ESMTP\r\n\r\n', 'malformed HTTP response "220 smtp ESMTP"'],
    ['TLS', '\x15\x03\x01\x00\x02\x02F\r\n\r\n', 'malformed HTTP response'],
    ['a bad length', head('Content-Length: -1\r\n'), 'bad Content-Length "-1"'],
    [
      'a bad chunk',
      `${head('Transfer-Encoding: chunked\r\n')}xyz\r\n`,
      'malformed chunked encoding',
    ],
    ['a bad header', head('no colon\r\n'), 'malformed header "no colon"'],
  ])('%s is an error', (_what, text, error) => {
    const parsed = parse([Buffer.from(text, 'latin1')]);
    expect(parsed.error).toContain(error);
    expect(parsed.ended).toBe(false);
  });

  it('bounds what it keeps', () => {
    const header = `X: ${'x'.repeat(1000)}\r\n`;
    expect(parse(['HTTP/1.1 200 OK\r\n', ...Array(70).fill(header)]).error).toContain('too long');
    const chunked = head('Transfer-Encoding: chunked\r\n');
    expect(parse([chunked, '1'.repeat(2000)]).error).toContain('malformed chunked');
  });

  it('does not care how the bytes are cut', () => {
    const body = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat(400), { maxLength: 20 });
    fc.assert(
      fc.property(body, fc.boolean(), cuts, (parts, chunked, places) => {
        const plain = Buffer.concat(parts);
        const bytes = chunked
          ? Buffer.concat([
              Buffer.from(head('Transfer-Encoding: chunked\r\n')),
              ...parts.flatMap((part) =>
                [`${part.length.toString(16)}\r\n`, part, '\r\n'].map((one) =>
                  Buffer.from(one as string),
                ),
              ),
              Buffer.from('0\r\n\r\n'),
            ])
          : Buffer.concat([Buffer.from(head(`Content-Length: ${plain.length}\r\n`)), plain]);
        const sorted = [...new Set(places)].sort((a, b) => a - b).filter((at) => at < bytes.length);
        const pieces = [0, ...sorted].map((at, n, all) => bytes.subarray(at, all[n + 1]));
        const parsed = parse(pieces, false);
        expect(parsed).toMatchObject({ body: plain.toString('latin1'), ended: true });
        expect(parsed.error).toBeUndefined();
      }),
    );
  });

  it('whatever comes, it ends or fails, and does not hang', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'Transfer-Encoding: chunked\r\n',
        'Content-Length: 3\r\n',
        '\r\n',
        '5\r\nabcde\r\n',
        '0\r\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const parsed = parse(pieces);
        expect(parsed.ended || parsed.error !== undefined).toBe(true);
      }),
    );
  });
});
