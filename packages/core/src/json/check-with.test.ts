import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkWith } from './check-with.js';

const schema = z.strictObject({ lines: z.array(z.strictObject({ text: z.string().min(1) })) });

describe('input checked with a schema', () => {
  it('comes out as the schema says', () => {
    const input = { lines: [{ text: 'a' }] };
    expect(checkWith(schema, input)).toEqual({ success: true, data: input });
    expect(checkWith(schema, { lines: [{ text: '' }] }).error?.issues).toHaveLength(1);
  });

  it('is refused by the name of its field also when zod breaks on it', () => {
    const input = JSON.parse('{"lines":[{"text":{"length":{"toString":0}}}]}');
    expect(() => schema.safeParse(input)).toThrow(TypeError);
    expect(checkWith(schema, input).error?.issues).toEqual([
      expect.objectContaining({ path: ['lines', '0', 'text'], message: expect.stringContaining('length') }),
    ]);
  });

  it('does not hide what a schema throws by itself', () => {
    const broken = z.string().transform(() => {
      throw new Error('of its own');
    });
    expect(() => checkWith(broken, 'a')).toThrow('of its own');
  });
});
