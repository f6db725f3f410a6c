-- Replaces the tally by a finished count. Returns the number of cells that differ, 0 if there was no tally, -1 if
-- another count has started meanwhile.
-- KEYS: tally, building, since. ARGV: this count's mark, its snapshot's begin, end and running, cells as JSON, lifetime.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return -1 end
local first, last, running = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local fresh = cjson.decode(ARGV[5])
for _, line in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
  local space = string.find(line, ' ', 1, true)
  if not seen(tonumber(string.sub(line, 1, space - 1)), first, last, running) then
    for cell, number in pairs(cjson.decode(string.sub(line, space + 1))) do
      fresh[cell] = (fresh[cell] or 0) + number
    end
  end
end
local different, old = 0, redis.call('HGETALL', KEYS[1])
if #old > 0 then
  local shown = {}
  for place = 1, #old, 2 do
    if string.sub(old[place], 1, 1) ~= '@' then shown[old[place]] = tonumber(old[place + 1]) end
  end
  for cell, number in pairs(fresh) do
    if number ~= (shown[cell] or 0) then different = different + 1 end
    shown[cell] = nil
  end
  for _, number in pairs(shown) do if number ~= 0 then different = different + 1 end end
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], '@begin', ARGV[2], '@end', ARGV[3], '@running', running)
for cell, number in pairs(fresh) do redis.call('HSET', KEYS[1], cell, string.format('%.0f', number)) end
redis.call('EXPIRE', KEYS[1], ARGV[6])
return different
