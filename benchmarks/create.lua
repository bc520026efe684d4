-- Creates jobs with names that nobody else has: the first argument is the run's own.
function init(args) run = args[1]; made = 0 end
function request()
  made = made + 1
  local body = string.format('{"name": "bench %s, job %d"}', run, made)
  return wrk.format("POST", "/api/jobs/", {["Content-Type"] = "application/json"}, body)
end
