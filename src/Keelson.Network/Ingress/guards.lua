-- What HAProxy's own rules can't do for ingresses: asking another service whether a request may pass, and passwords in
-- forms that crypt(3) does not know.

local HOP = { ["connection"] = true, ["content-length"] = true, ["transfer-encoding"] = true, ["upgrade"] = true,
    ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["expect"] = true, ["host"] = true,
    ["accept-encoding"] = true }

local function escaped(text)
    return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

local function filled(text, values)
    return (text:gsub("%$([%a_]+)", function(name) return values[name] end))
end

local function words(text)
    local list = {}
    for word in text:gmatch("[^,%s]+") do
        list[#list + 1] = word
    end
    return list
end

local function values(txn)
    local uri = txn.sf:path() or "/"
    local query = txn.sf:query()
    if query and query ~= "" then
        uri = uri .. "?" .. query
    end
    local scheme = txn.f:ssl_fc() == 1 and "https" or "http"
    local host = txn.sf:req_hdr("host") or ""
    return { host = (host:gsub(":%d+$", "")), http_host = host, best_http_host = host, scheme = scheme,
        pass_access_scheme = scheme, request_uri = uri, escaped_request_uri = escaped(uri), uri = txn.sf:path(),
        request_method = txn.sf:method(), remote_addr = txn.sf:src(), server_port = txn.sf:dst_port() }
end

-- Asks whether a request may pass: 2xx lets it, 401 and 403 are told to the client, all else is a failure.
core.register_action("guard-ask", { "http-req" }, function(txn, url, method, sign_in, parameter, names)
    local said = values(txn)
    local headers = {}
    for name, list in pairs(txn.http:req_get_headers()) do
        if not HOP[name] then
            headers[name] = {}
            for _, value in pairs(list) do
                table.insert(headers[name], value)
            end
        end
    end
    local target = filled(url, said)
    headers["host"] = { target:match("^%a+://([^/?#]+)") }
    headers["x-original-url"] = { said.scheme .. "://" .. said.http_host .. said.request_uri }
    headers["x-original-method"] = { said.request_method }
    headers["x-sent-from"] = { "nginx-ingress-controller" }
    headers["x-auth-request-redirect"] = { said.request_uri }
    headers["x-real-ip"] = { said.remote_addr }
    local client = core.httpclient()
    local ok, answer = pcall(client[method], client, { url = target, headers = headers, timeout = 5000 })
    local status = ok and answer and tonumber(answer.status) or 500
    local told = ok and answer and answer.headers or {}
    local first = function(name)
        for _, value in pairs(told[name] or {}) do
            return value
        end
    end
    if first("set-cookie") then
        txn:set_var("txn.guard_cookie", first("set-cookie"))
    end
    if status >= 200 and status < 300 then
        for _, name in ipairs(words(names)) do
            local value = first(name:lower())
            if value then
                txn.http:req_set_header(name, value)
            else
                txn.http:req_del_header(name)
            end
        end
        return
    end
    local reply = txn:reply({ status = (status == 401 or status == 403) and status or 500 })
    if status == 401 and sign_in ~= "-" then
        local to = filled(sign_in, said)
        if not to:find("[?&]" .. parameter .. "=") then
            to = to .. (to:find("?", 1, true) and "&" or "?") .. parameter .. "=" .. said.scheme .. "://"
                .. said.http_host .. said.escaped_request_uri
        end
        reply:set_status(302)
        reply:add_header("location", to)
    elseif status == 401 and first("www-authenticate") then
        reply:add_header("www-authenticate", first("www-authenticate"))
    end
    txn:done(reply)
end, 5)

local ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

-- Apache's MD5, which htpasswd writes where it is not told otherwise.
local function apr1(txn, password, salt)
    local function md5(text) return txn.c:digest(text, "md5") end
    local inner = md5(password .. salt .. password)
    local text = password .. "$apr1$" .. salt
    local left = #password
    while left > 0 do
        text = text .. inner:sub(1, math.min(16, left))
        left = left - 16
    end
    local bits = #password
    while bits > 0 do
        text = text .. (bits % 2 == 1 and "\0" or password:sub(1, 1))
        bits = bits // 2
    end
    local final = md5(text)
    for i = 0, 999 do
        local round = (i % 2 == 1 and password or final) .. (i % 3 ~= 0 and salt or "")
            .. (i % 7 ~= 0 and password or "") .. (i % 2 == 1 and final or password)
        final = md5(round)
    end
    local out = ""
    local function put(value, count)
        for _ = 1, count do
            out = out .. ALPHABET:sub(value % 64 + 1, value % 64 + 1)
            value = value // 64
        end
    end
    for _, at in ipairs({ { 1, 7, 13 }, { 2, 8, 14 }, { 3, 9, 15 }, { 4, 10, 16 }, { 5, 11, 6 } }) do
        put(final:byte(at[1]) * 65536 + final:byte(at[2]) * 256 + final:byte(at[3]), 4)
    end
    put(final:byte(12), 2)
    return "$apr1$" .. salt .. "$" .. out
end

local function fits(txn, password, hash)
    local salt = hash:match("^%$apr1%$([^$]*)%$")
    if salt then
        return apr1(txn, password, salt) == hash
    elseif hash:sub(1, 5) == "{SHA}" then
        return txn.c:base64(txn.c:digest(password, "sha1")) == hash:sub(6)
    elseif hash:sub(1, 6) == "{SSHA}" then
        local bytes = txn.c:b64dec(hash:sub(7)) or ""
        return txn.c:digest(password .. bytes:sub(21), "sha1") == bytes:sub(1, 20)
    end
    return false
end

-- "yes" for a name and a password of a list; the lists are in a file of their own.
core.register_fetches("guard_knows", function(txn, owner)
    local given = (txn.sf:req_hdr("authorization") or ""):match("^[Bb]asic%s+(.+)$")
    local name, password = (given and txn.c:b64dec(given) or ""):match("^([^:]*):(.*)$")
    local hash = name and guard_lists[owner] and guard_lists[owner][name]
    return hash and fits(txn, password, hash) and "yes" or "no"
end)
