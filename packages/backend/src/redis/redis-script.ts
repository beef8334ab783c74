import { createHash } from 'node:crypto';

/** A Lua script and the name that Redis knows it by once it has seen it. */
export interface RedisScript {
  readonly lua: string;
  readonly sha: string;
}

export function redisScript(...parts: readonly string[]): RedisScript {
  const lua = parts.join('\n');
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}
