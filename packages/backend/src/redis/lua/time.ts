/** Lua that answers with milliseconds by Redis' own clock. */
export const redisTime = `
local function wallClock()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end`;

/**
 * `now`: milliseconds that never run backwards, for all scripts under one root (see `SteadyClock`): where Redis' clock is set back, or a
 * replica with a slower clock takes over, time goes on from where it was.
 */
export const steadyTime = `
local root = KEYS[1]

-- Lua's own way loses digits.
local function text(number)
  return string.format('%.17g', number)
end

local function steadyClock()
  local kept = redis.call('HMGET', root .. 'clock', 'last', 'ahead')
  local last = kept[1] and tonumber(kept[1])
  local ahead = kept[2] and tonumber(kept[2]) or 0
  local time = wallClock() + ahead
  if last and time < last then
    redis.call('HSET', root .. 'clock', 'ahead', text(ahead + (last - time)))
    return last
  end
  redis.call('HSET', root .. 'clock', 'last', text(time))
  return time
end

local now = steadyClock()`;
