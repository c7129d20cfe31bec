-- KEYS[1]  the attempts under one key: a sorted set, scored by their times
-- ARGV     now and the longest window in microseconds, the longest window in milliseconds, and
--          for each limit its window in microseconds and how many it allows
--
-- Answers "allowed", or when another attempt fits, in microseconds.
local now, longest = tonumber(ARGV[1]), tonumber(ARGV[2])
local function exactly(number) return string.format('%.0f', number) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', exactly(now - longest))
-- Further ahead than a window is long are attempts of a clock that was wrong.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. exactly(now + longest), '+inf')
local fits = 0
for i = 4, #ARGV, 2 do
  local window, limit = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local first, last = '(' .. exactly(now - window), exactly(now + window)
  local count = redis.call('ZCOUNT', KEYS[1], first, last)
  if count >= limit then
    -- More than the limit are in the window after the limit was lowered.
    local leaves = redis.call('ZRANGEBYSCORE', KEYS[1], first, last, 'WITHSCORES', 'LIMIT', count - limit, 1)[2]
    fits = math.max(fits, tonumber(leaves) + window)
  end
end
if fits > 0 then
  return exactly(fits)
end
-- Members differ or they would count once: attempts of one microsecond are numbered.
local twins = redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1] .. ':' .. twins)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'allowed'
