import { redisScript } from '../redis-script.js';
import { redisTime, steadyTime } from './time.js';

/**
 * A lock is a hash `lock/<name>` with its holder's token and the end of its lease; beside it `lock-line/<name>` (who waits, by arrival) and
 * `lock-seen/<name>` (when each was last heard of). When it is free, the first of the line may have it at once, the second after `claimMs`,
 * and so on: a first one that died costs the next a moment, and nobody is passed over who comes.
 */
const common = `
local claimMs = 50
local deadMs = 5000
local keepMs = 60000
local name, who = ARGV[1], ARGV[2]
local lock = root .. 'lock/' .. name
local line = root .. 'lock-line/' .. name
local seen = root .. 'lock-seen/' .. name

-- Tells the first few in line that the lock is free; the others will ask in good time.
local function ringBell()
  local first = redis.call('ZRANGE', line, 0, 3)
  if #first > 0 then redis.call('PUBLISH', root .. 'lock-bell', table.concat(first, ' ')) end
  return #first
end`;

/** name, token of the asker, ttl. Answers 1, or 0 and for how many milliseconds there is nothing to be had. */
export const acquireLock = redisScript(
  redisTime,
  steadyTime,
  common,
  `
local ttlMs = tonumber(ARGV[3])
local kept = redis.call('HMGET', lock, 'token', 'ends', 'ttl')
local ends = now
if kept[1] then
  -- However clocks were set, nobody is kept out for longer than one lease from now.
  ends = math.min(tonumber(kept[2]), now + tonumber(kept[3]))
end
local dead = redis.call('ZRANGEBYSCORE', seen, '-inf', text(now - deadMs))
for _, waiter in ipairs(dead) do
  redis.call('ZREM', line, waiter)
  redis.call('ZREM', seen, waiter)
end
local rank = redis.call('ZRANK', line, who) or redis.call('ZCARD', line)
local freeAt = ends + (kept[1] and rank * claimMs or 0)
-- The token that holds it already is ours when the first answer was lost.
if kept[1] == who or now >= freeAt then
  redis.call('ZREM', line, who)
  redis.call('ZREM', seen, who)
  redis.call('HSET', lock, 'token', who, 'ends', text(now + ttlMs), 'ttl', text(ttlMs))
  redis.call('PEXPIRE', lock, text(math.ceil(ttlMs + keepMs)))
  return { 1, '0' }
end
if not redis.call('ZSCORE', line, who) then
  local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')
  redis.call('ZADD', line, text((tonumber(last[2]) or 0) + 1), who)
end
redis.call('ZADD', seen, text(now), who)
redis.call('PEXPIRE', line, text(keepMs))
redis.call('PEXPIRE', seen, text(keepMs))
return { 0, text(freeAt - now) }`,
);

/** name, token, ttl. Answers 1, or 0 when the lock is somebody else's by now. */
export const renewLock = redisScript(
  redisTime,
  steadyTime,
  common,
  `
if redis.call('HGET', lock, 'token') ~= who then return 0 end
redis.call('HSET', lock, 'ends', text(now + ARGV[3]))
redis.call('PEXPIRE', lock, text(math.ceil(ARGV[3] + keepMs)))
return 1`,
);

/** name, token. Frees the lock if it is ours, or gives up waiting for it. */
export const releaseLock = redisScript(
  redisTime,
  steadyTime,
  common,
  `
local wasWaiting = redis.call('ZREM', line, who) == 1
redis.call('ZREM', seen, who)
local token = redis.call('HGET', lock, 'token')
if token == who then
  if ringBell() > 0 then
    redis.call('HSET', lock, 'token', '', 'ends', text(now))
  else
    redis.call('DEL', lock)
  end
elseif wasWaiting and (not token or token == '') then
  ringBell()
end
return 1`,
);
