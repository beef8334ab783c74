import { Writable } from 'node:stream';
import { ConfigurationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { printError } from './print-error.js';
import { Terminal } from './terminal.js';

const secretUrl = 'redis://user:hunter2@cache:6379/0';

function printed(error: unknown, json = false): string {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  printError(new Terminal({ stdout: stream, stderr: stream, json }), error, { stack: true });
  return text;
}

describe('printError', () => {
  const refused = new ConfigurationError(`Nothing answers at ${secretUrl}.`, {
    remedy: `Correct ${secretUrl}.`,
    problems: [`backend: ${secretUrl}`],
    details: { tried: { url: secretUrl } },
  });

  it('tells what happened and what to do, without the credentials of an address', () => {
    expect(printed(refused)).toBe(
      'fluxori: Nothing answers at redis://[redacted]@cache:6379/0.\n  What to do: Correct redis://[redacted]@cache:6379/0.\n',
    );
  });

  it('does so for programs, too', () => {
    const { error } = JSON.parse(printed(refused, true)) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      kind: 'configuration',
      message: 'Nothing answers at redis://[redacted]@cache:6379/0.',
      problems: ['backend: redis://[redacted]@cache:6379/0'],
      details: { tried: { url: 'redis://[redacted]@cache:6379/0' } },
    });
  });

  it('tells what to do once, also when the message ends with it', () => {
    const error = new ConfigurationError('The cron expression is wrong. Use five fields.', {
      remedy: 'Use five fields.',
    });
    expect(printed(error)).toBe('fluxori: The cron expression is wrong.\n  What to do: Use five fields.\n');
  });

  it('hides them in the stack of a defect', () => {
    const text = printed(new TypeError(`connect ${secretUrl}`));
    expect(text).toContain('print-error.test');
    expect(text).not.toContain('hunter2');
  });
});
