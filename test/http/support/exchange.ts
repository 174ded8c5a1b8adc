import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends bytes, and reads the answer until the server closes the connection. */
export async function exchangeAt(port: number, ...parts: readonly string[]) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (const part of parts) socket.write(part);
  const answer = await text(socket);
  const end = answer.indexOf('\r\n\r\n');
  const [status = '', ...headers] = answer.slice(0, end).split('\r\n');
  return { status, headers: headers.join('\n').toLowerCase(), body: answer.slice(end + 4) };
}
