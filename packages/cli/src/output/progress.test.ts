import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { progressOn } from './progress.js';
import { Terminal } from './terminal.js';

describe('progress on a terminal', () => {
  it('draws every bar anew below a line that is printed, also those that did not move', () => {
    let written = '';
    const stdout = Object.assign(
      new Writable({
        write: (chunk, _encoding, done) => {
          written += String(chunk);
          done();
        },
      }),
      { isTTY: true, columns: 110, rows: 40 },
    );
    const progress = progressOn(new Terminal({ stdout, stderr: stdout }));
    try {
      progress.update('orders', { done: 50, unit: 'orders' });
      progress.update('stock', { done: 10, total: 40, unit: 'stock levels' });
      progress.say('one line');
      written = '';
      progress.say('another line');

      expect(written).toContain('another line');
      expect(written).toContain('50 orders');
      expect(written).toContain('10/40 stock levels');
    } finally {
      progress.close();
    }
  });
});
