-- Reports statuses for the jobs whose paths are in a file, one after another, beginning at a place in it.
local statuses = {"RUNNING", "COMPLETED", "FAILED", "PENDING"}
function init(args)
  paths = {}
  for path in io.lines(args[1]) do paths[#paths + 1] = path end
  place = tonumber(args[2]) % #paths
  math.randomseed(place)
end
function request()
  place = place % #paths + 1
  local body = string.format('{"status_type": "%s"}', statuses[math.random(#statuses)])
  return wrk.format("PATCH", paths[place], {["Content-Type"] = "application/json"}, body)
end
