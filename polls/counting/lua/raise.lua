-- Adds the change of a transaction to a tally, unless its count includes it, and publishes a message.
-- KEYS: tally, building, since. ARGV: transaction, cells as JSON, lifetime of the list in seconds, lifetime of the
-- tally in seconds, channel, message. A script is atomic, so the tally is changed before any client acts on the message.
local xid, change = tonumber(ARGV[1]), cjson.decode(ARGV[2])
redis.call('PUBLISH', ARGV[5], ARGV[6])
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('RPUSH', KEYS[3], ARGV[1] .. ' ' .. ARGV[2])
  redis.call('EXPIRE', KEYS[3], ARGV[3])
end
local base = redis.call('HMGET', KEYS[1], '@begin', '@end', '@running')
if not base[1] then return 0 end
if not seen(xid, tonumber(base[1]), tonumber(base[2]), base[3]) then
  for cell, number in pairs(change) do redis.call('HINCRBY', KEYS[1], cell, number) end
  redis.call('HSET', KEYS[1], '@hot', 1)
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return 1
