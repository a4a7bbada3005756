-- In a cluster: counts a call that is about to begin among the open ones of its application. KEYS: the open calls.
-- 1: it was counted, 0: it is among them already, -1: there are as many as there may be.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
if ARGV[3] ~= '' and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return -1
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
