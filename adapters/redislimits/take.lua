-- KEYS[1]  the attempts under one key: a sorted set, scored by their times
-- ARGV     now, now less the window (both in microseconds), how many are allowed, the window in milliseconds
--
-- Answers "allowed", or the attempt that has to leave the window before one more fits.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
-- Further ahead than a window is long are attempts of a clock that was wrong.
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', 2 * ARGV[1] - ARGV[2]), '+inf')
local count, limit = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[3])
if count >= limit then
  -- More than the limit are in the window after the limit was lowered.
  return redis.call('ZRANGE', KEYS[1], count - limit, count - limit)[1]
end
-- Members differ or they would count once: attempts of one microsecond are numbered.
local twins = redis.call('ZCOUNT', KEYS[1], ARGV[1], ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1] .. ':' .. twins)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 'allowed'
