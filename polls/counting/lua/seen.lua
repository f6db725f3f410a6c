-- Whether a snapshot of Postgres includes a transaction (polls/counting.py, Snapshot).
local function seen(xid, first, last, running)
  if xid < first then return true end
  if xid >= last then return false end
  return not string.find(running, ',' .. string.format('%.0f', xid) .. ',', 1, true)
end
