/**
 * What the platform itself can do, as separate processes: the yardsticks that rows are ratios to.
 *   http-get URL   bare node:http answering every GET with the status, headers and bytes that URL gave
 *   http-put       bare node:http that reads the body and answers `true`
 *   dns-echo       a datagram echo (with the response bit set, so that a DNS client takes it)
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';

const [kind, url] = process.argv.slice(2);

if (kind === 'http-get') {
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = {};
  for (const [name, value] of answer.headers) {
    if (name.startsWith('x-') || name === 'content-type' || name === 'vary') headers[name] = value;
  }
  headers['content-length'] = body.length;
  serve((_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  });
} else if (kind === 'http-put') {
  const body = Buffer.from('true');
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  serve((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      Buffer.concat(chunks);
      response.writeHead(200, headers);
      response.end(body);
    });
  });
} else if (kind === 'dns-echo') {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 1 << 20,
    lookup: (host, _options, done) => done(null, host, 4),
  });
  socket.on('message', (message, { port, address }) => {
    message[2] |= 0x80;
    socket.send(message, 0, message.length, port, address);
  });
  socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
} else {
  console.error(`unknown yardstick ${kind}: http-get URL, http-put, dns-echo`);
  process.exit(1);
}

function serve(handler) {
  const server = createServer({ keepAliveTimeout: 60_000 }, handler);
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}
