import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type DeskAnswer, received, send } from './desk-messages.js';

function line(): PassThrough {
  const stream = new PassThrough();
  stream.on('error', () => {});
  return stream;
}

async function all(stream: PassThrough): Promise<DeskAnswer[]> {
  const answers: DeskAnswer[] = [];
  for await (const answer of received<DeskAnswer>(stream)) answers.push(answer);
  return answers;
}

describe('messages at the desk', () => {
  it('come one by one, until the other side hangs up', async () => {
    const stream = line();
    send(stream, { stdout: 'a\nb' });
    send(stream, { exit: 0 });
    stream.end();
    expect(await all(stream)).toEqual([{ stdout: 'a\nb' }, { exit: 0 }]);
  });

  it('end with what is none', async () => {
    const stream = line();
    send(stream, { stdout: 'a' });
    stream.write('{"stdout":\n');
    expect(await all(stream)).toEqual([{ stdout: 'a' }]);
  });

  it('end when the line breaks', async () => {
    const stream = line();
    send(stream, { stdout: 'a' });
    const read = all(stream);
    await new Promise(setImmediate);
    stream.destroy(new Error('read ECONNRESET'));
    expect(await read).toEqual([{ stdout: 'a' }]);
  });

  it('may be left: a line that breaks afterwards harms nobody', async () => {
    const stream = line();
    send(stream, { exit: 0 });
    for await (const answer of received<DeskAnswer>(stream)) {
      expect(answer).toEqual({ exit: 0 });
      break;
    }
    expect(() => stream.emit('error', new Error('read ECONNRESET'))).not.toThrow();
  });
});
