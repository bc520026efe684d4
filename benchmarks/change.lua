-- Reports statuses for jobs whose ids are in a file.
local statuses = {"RUNNING", "COMPLETED", "FAILED", "PENDING"}
function init(args)
  ids = {}
  for id in io.lines(args[1]) do ids[#ids + 1] = id end
  math.randomseed(tonumber(tostring({}):sub(8)))
end
function request()
  local body = string.format('{"status_type": "%s"}', statuses[math.random(#statuses)])
  return wrk.format("PATCH", "/api/jobs/" .. ids[math.random(#ids)] .. "/", {["Content-Type"] = "application/json"}, body)
end
function response(status) if status ~= 200 then wrk.thread:stop() end end
