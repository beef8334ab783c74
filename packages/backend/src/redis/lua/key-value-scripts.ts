import { redisScript } from '../redis-script.js';
import { redisTime, steadyTime } from './time.js';

/**
 * Values are strings `kv/<key>` that Redis expires by itself. Beside them stand `kv-names` (all keys, by name) and `kv-ends` (those with an
 * end, by its time), from which each write removes a few that have expired.
 */
const common = `
local function nameGone(name)
  if redis.call('EXISTS', root .. 'kv/' .. name) == 1 then return false end
  redis.call('ZREM', root .. 'kv-names', name)
  redis.call('ZREM', root .. 'kv-ends', name)
  return true
end`;

/** key, value, milliseconds until its end or nothing. */
export const setValue = redisScript(
  redisTime,
  steadyTime,
  common,
  `
local key, value, ttlMs = ARGV[1], ARGV[2], tonumber(ARGV[3])
redis.call('ZADD', root .. 'kv-names', 0, key)
if ttlMs then
  redis.call('SET', root .. 'kv/' .. key, value, 'PX', text(math.ceil(ttlMs)))
  redis.call('ZADD', root .. 'kv-ends', text(now + ttlMs), key)
else
  redis.call('SET', root .. 'kv/' .. key, value)
  redis.call('ZREM', root .. 'kv-ends', key)
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', root .. 'kv-ends', '-inf', text(now - 1000), 'LIMIT', 0, 10)) do
  -- Redis' clock was set back, and the value lives on: it is looked at again when it should be gone.
  if not nameGone(name) then
    local leftMs = redis.call('PTTL', root .. 'kv/' .. name)
    redis.call('ZADD', root .. 'kv-ends', text(now + math.max(leftMs, 0)), name)
  end
end
return 1`,
);

/** milliseconds until their end or nothing, then key, value, key, value … */
export const setValues = redisScript(
  redisTime,
  steadyTime,
  `
local ttlMs = tonumber(ARGV[1])
for at = 2, #ARGV, 2 do
  local key, value = ARGV[at], ARGV[at + 1]
  redis.call('ZADD', root .. 'kv-names', 0, key)
  if ttlMs then
    redis.call('SET', root .. 'kv/' .. key, value, 'PX', text(math.ceil(ttlMs)))
    redis.call('ZADD', root .. 'kv-ends', text(now + ttlMs), key)
  else
    redis.call('SET', root .. 'kv/' .. key, value)
    redis.call('ZREM', root .. 'kv-ends', key)
  end
end
return 1`,
);

/** keys. */
export const deleteValues = redisScript(`
local root = KEYS[1]
for _, key in ipairs(ARGV) do
  redis.call('DEL', root .. 'kv/' .. key)
  redis.call('ZREM', root .. 'kv-names', key)
  redis.call('ZREM', root .. 'kv-ends', key)
end
return 1`);

/** key. */
export const deleteValue = redisScript(`
local root = KEYS[1]
redis.call('DEL', root .. 'kv/' .. ARGV[1])
redis.call('ZREM', root .. 'kv-names', ARGV[1])
redis.call('ZREM', root .. 'kv-ends', ARGV[1])
return 1`);

/** prefix, the last key that was told, how many. Answers with the keys that are there, and the last one that was looked at. */
export const listKeys = redisScript(
  `local root = KEYS[1]`,
  common,
  `
local from = ARGV[2] ~= '' and '(' .. ARGV[2] or '[' .. ARGV[1]
local names = redis.call('ZRANGEBYLEX', root .. 'kv-names', from, '(' .. ARGV[1] .. '\\255', 'LIMIT', 0, ARGV[3])
local found = {}
for _, name in ipairs(names) do
  if not nameGone(name) then found[#found + 1] = name end
end
return { found, names[#names] or '' }`,
);
