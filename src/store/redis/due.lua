-- Open calls that were to be looked at; nobody else is told of them until ARGV[2]. KEYS: the open calls.
local calls = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[3])
for _, call in ipairs(calls) do
  redis.call('ZADD', KEYS[1], ARGV[2], call)
end
return calls
