using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keelson.Server.Tests.Robustness;

namespace Keelson.Server.Tests.Http;

/// <summary>Small print of requests, each as upstream's handlers have it.</summary>
public sealed class RequestDetailTests(RobustServer server) : IClassFixture<RobustServer>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task A_continue_token_does_not_lead_out_of_its_namespace()
    {
        await CreateAsync("/api/v1/namespaces", """{"metadata":{"name":"paged"}}""");
        const string Paged = "/api/v1/namespaces/paged/configmaps";
        foreach (string name in (string[])["a", "b", "c"])
        {
            await CreateAsync(Paged, $$$"""{"metadata":{"name":"{{{name}}}"}}""");
            await CreateAsync(ConfigMaps, $$$"""{"metadata":{"name":"other-{{{name}}}"}}""");
        }

        Answer first = await SendAsync("GET", Paged + "?limit=1");
        string token = first.Json.GetProperty("metadata").GetProperty("continue").GetString()!;
        JsonElement decoded = JsonDocument.Parse(Base64Url.DecodeFromChars(token)).RootElement;
        Assert.Equal("a\0", decoded.GetProperty("start").GetString());

        string rv = first.Json.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
        string early = Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes($$$"""{"v":"meta.k8s.io/v1","rv":{{{rv}}},"start":"Default"}"""));
        Answer rest = await SendAsync("GET", $"{Paged}?continue={early}");
        Assert.Equal(["a", "b", "c"], Names(rest));
        Assert.Equal(["b", "c"], Names(await SendAsync("GET", $"{Paged}?continue={token}")));
    }

    [Fact]
    public async Task What_a_table_is_to_carry_is_one_of_three_words()
    {
        Answer answer = await SendAsync(
            "GET", ConfigMaps + "?includeObject=All", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(
            (400, "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": "
                + "must be 'Metadata', 'Object', 'None', or empty"),
            (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_row_of_an_older_version_shows_what_is_stored()
    {
        const string Metrics = """
            {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":4}}},
            {"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Mi"}}}
            """;
        await CreateAsync(
            "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
            $$$$"""
            {"metadata":{"name":"rows"},"spec":{"maxReplicas":2,"metrics":[{{{{Metrics}}}}],
            "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}}}
            """);
        Answer answer = await SendAsync(
            "GET",
            "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers/rows",
            accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(
            "cpu: <unknown>/4%, memory: <unknown>/1Mi",
            answer.Json.GetProperty("rows")[0].GetProperty("cells")[2].GetString());
    }

    [Fact]
    public async Task A_request_that_has_no_time_is_answered_without_a_type()
    {
        Answer answer = await SendAsync("GET", ConfigMaps + "?timeout=1ns");
        Assert.Equal(504, answer.Code);
        Assert.Equal(
            "{'metadata':{},'status':'Failure',"
                + "'message':'Timeout: request did not complete within the allotted timeout',"
            + "'reason':'Timeout','details':{},'code':504}\n",
            answer.Text.Replace('"', '\''));
    }

    [Theory]
    [InlineData("ConfigMap", "configmaps", "'binaryData':{'q':'!!'}", "illegal base64 data at input byte 0")]
    [InlineData(
        "Pod", "pods", "'spec':{'terminationGracePeriodSeconds':1.5}", "cannot convert float64 to int64")]
    public async Task What_fits_the_schema_but_not_the_type_cannot_be_applied(
        string kind, string resource, string part, string problem)
    {
        Answer answer = await SendAsync(
            "PATCH",
            $"/api/v1/namespaces/default/{resource}/odd?fieldManager=m",
            $$$"""{"apiVersion":"v1","kind":"{{{kind}}}","metadata":{"name":"odd"},{{{part.Replace('\'', '"')}}}}""",
            "application/apply-patch+yaml");
        Assert.Equal(
            (500, $"failed to convert new object (/odd; /v1, Kind={kind}) to proper version: unable to convert "
                + $"unstructured object to /v1, Kind={kind}: {problem}"),
            (answer.Code, answer.Message));
    }

    [Fact]
    public async Task An_eviction_is_dry_or_not()
    {
        Answer answer = await SendAsync(
            "POST",
            Pods + "/leaves/eviction?dryRun=All",
            """{"metadata":{"name":"leaves"},"deleteOptions":{"dryRun":["None"]}}""");
        Assert.Equal(
            (500, "Non-matching dry-run options in request and content: [All] and [None]"),
            (answer.Code, answer.Message));
    }

    [Theory]
    [InlineData("metadata.name%3Dother", "fieldSelector metadata.name doesn't match requested name")]
    [InlineData("metadata.namespace%3Ddefault", "fieldSelector metadata.name doesn't match requested name")]
    [InlineData("metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'")]
    public async Task A_watch_of_one_object_takes_no_selector_of_another(string selector, string message)
    {
        Answer answer = await SendAsync(
            "GET", $"/api/v1/watch/namespaces/default/configmaps/a?timeoutSeconds=1&fieldSelector={selector}");
        Assert.Equal((400, message), (answer.Code, answer.Message));
    }

    [Theory]
    [InlineData("watch=1&allowWatchBookmarks=1", true)]
    [InlineData("watch=1&allowWatchBookmarks=1&resourceVersion=0", true)]
    [InlineData("watch=1", false)]
    [InlineData("watch=1&allowWatchBookmarks=1&sendInitialEvents=0&resourceVersionMatch=NotOlderThan", false)]
    public async Task A_watch_from_nowhere_says_where_its_initial_events_end(string options, bool says)
    {
        Answer answer = await SendAsync(
            "GET", $"{ConfigMaps}?{options}&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone");
        Assert.Equal(says, answer.Text.Contains("k8s.io/initial-events-end", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "fieldSelector=metadata.name%3Da", "configmaps \"a\" is forbidden: User \"bob\" cannot list")]
    [InlineData("GET", "fieldSelector=metadata.name%3Da%2Fb", "configmaps is forbidden: User \"bob\" cannot list")]
    [InlineData("GET", "fieldSelector=metadata.name%3Da,nonsense", "configmaps is forbidden: User \"bob\" cannot list")]
    [InlineData("GET", "fieldSelector=metadata.name%3Da&limit=x", "configmaps is forbidden: User \"bob\" cannot list")]
    [InlineData("GET", "fieldSelector=metadata.name!%3Da", "configmaps is forbidden: User \"bob\" cannot list")]
    [InlineData("DELETE", "fieldSelector=metadata.name%3Da", "configmaps is forbidden: User \"bob\" cannot deletecoll")]
    public async Task Only_a_list_with_sound_options_is_one_of_a_named_object(string method, string query, string text)
    {
        Answer answer = await SendAsync(method, $"{ConfigMaps}?{query}", user: "bob");
        Assert.Equal(403, answer.Code);
        Assert.StartsWith(text, answer.Message);
    }

    [Theory]
    [InlineData("/api/v1/replicationcontrollers", "status.replicas", "")]
    [InlineData("/apis/apps/v1/replicasets", "status.replicas", "\"status.replicas\" is not a known field selector: "
        + "only \"metadata.name\", \"metadata.namespace\"")]
    [InlineData("/api/v1/pods", "spec.host", "")]
    public async Task Fields_that_selectors_may_name_are_those_of_upstream(string path, string field, string error)
    {
        Answer answer = await SendAsync("GET", $"{path}?fieldSelector={field}%3D0");
        Assert.Equal(error, answer.Code == 200 ? "" : answer.Message);
    }

    [Theory]
    [InlineData("GET", "watch=1", "watch is not supported on resources of kind \"componentstatuses\"", 1)]
    [InlineData("GET", "watch=1&resourceVersionMatch=Exact", "ListOptions.meta.k8s.io \"\" is invalid: [", 1)]
    [InlineData("POST", "", "the server does not allow this method on the requested resource", 0)]
    public async Task The_state_of_components_is_not_watched(string method, string query, string text, int warnings)
    {
        Answer answer = await SendAsync(method, "/api/v1/componentstatuses?" + query);
        Assert.StartsWith(text, answer.Message);
        Assert.Equal(warnings, answer.Warnings.Length);
    }

    [Fact]
    public async Task Who_deletes_what_cannot_be_read_may_ask_for_nothing_else()
    {
        const string Path = "ignoreStoreReadErrorWithClusterBreakingPotential";
        Answer answer = await SendAsync(
            "DELETE",
            ConfigMaps + "/none",
            $$$"""
            {"{{{Path}}}":true,"dryRun":["All"],"orphanDependents":false,"gracePeriodSeconds":0,"preconditions":{}}
            """);
        string[] said =
        [
            .. ((string[])["dryRun", "orphanDependents", "gracePeriodSeconds", "preconditions"])
                .Select(one => $"{Path}: Invalid value: true: cannot be set together with .{one}"),
        ];
        Assert.Equal(422, answer.Code);
        Assert.Equal($"DeleteOptions.meta.k8s.io \"\" is invalid: [{string.Join(", ", said)}]", answer.Message);
        Assert.Equal(422, (await SendAsync("DELETE", $"{ConfigMaps}/none?{Path}=true&gracePeriodSeconds=1")).Code);
        Assert.Equal(404, (await SendAsync("DELETE", $"{ConfigMaps}/none?{Path}=true")).Code);
    }

    [Theory]
    [InlineData("propagationPolicy=Bad", "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported")]
    [InlineData("dryRun=x", "DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"x\"]")]
    [InlineData("dryRun=x&resourceVersion=abc", "DeleteOptions.meta.k8s.io \"\" is invalid: dryRun")]
    [InlineData("dryRun=x&resourceVersionMatch=Exact", "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch")]
    public async Task Options_of_a_deletion_are_looked_at_even_where_nothing_is(string query, string start)
    {
        Answer answer = await SendAsync("DELETE", "/api/v1/namespaces/default/podtemplates?" + query);
        Assert.Equal(422, answer.Code);
        Assert.StartsWith(start, answer.Message);
    }

    [Theory]
    [InlineData("a%C2%A0b", "\"a\\u00a0b\": invalid character U+00A0 (at position 1)")]
    [InlineData("%C3%A9%E2%80%8B", "\"é\\u200b\": invalid character U+200B (at position 2)")]
    public async Task A_field_manager_is_printable(string manager, string text)
    {
        Answer answer = await SendAsync(
            "POST", $"{ConfigMaps}?fieldManager={manager}", """{"metadata":{"name":"unprintable"}}""");
        Assert.Equal(
            "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: " + text, answer.Message);
    }

    [Fact]
    public async Task A_json_patch_of_the_root_has_to_give_an_object()
    {
        await CreateAsync(ConfigMaps, """{"metadata":{"name":"root"}}""");
        Answer answer = await SendAsync(
            "PATCH",
            ConfigMaps + "/root",
            """[{"op":"replace","path":"","value":[]}]""",
            "application/json-patch+json");
        Assert.Equal(422, answer.Code);
        Assert.StartsWith(
            " \"\" is invalid: patch: Invalid value: \"[]\": couldn't get version/kind; json parse error: json: "
                + "cannot unmarshal array into Go value of type struct {",
            answer.Message);
    }

    [Fact]
    public async Task Null_bytes_are_stored_as_none()
    {
        Answer secret = await CreateAsync(
            "/api/v1/namespaces/default/secrets", """{"metadata":{"name":"nulls"},"data":{"a":null,"b":"eA=="}}""");
        Assert.Equal("""{"a":"","b":"eA=="}""", secret.Json.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task A_binding_is_for_the_very_pod_that_it_means()
    {
        await CreateAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        Answer pod = await CreateAsync(
            Pods,
            """
            {"metadata":{"name":"bound"},
             "spec":{"automountServiceAccountToken":false,"containers":[{"name":"c","image":"i"}]}}
            """);
        JsonElement metadata = pod.Json.GetProperty("metadata");
        string version = metadata.GetProperty("resourceVersion").GetString()!;
        string uid = metadata.GetProperty("uid").GetString()!;
        const string Start = "Operation cannot be fulfilled on pods \"bound\": StorageError: invalid object, Code: 4, "
            + "Key: /registry/pods/default/bound, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ";
        Assert.Equal(
            $"{Start}UID in precondition: x, UID in object meta: {uid}", await BindAsync("\"uid\":\"x\""));
        Assert.Equal(
            $"{Start}ResourceVersion in precondition: 1, ResourceVersion in object meta: {version}",
            await BindAsync("\"resourceVersion\":\"1\""));
        Assert.Equal(
            "the namespace of the provided object does not match the namespace sent on the request",
            await BindAsync("\"namespace\":\"other\""));

        async Task<string> BindAsync(string wanted) => (await SendAsync(
            "POST",
            Pods + "/bound/binding",
            $$$"""{"metadata":{"name":"bound",{{{wanted}}}},"target":{"kind":"Node","name":"n"}}""")).Message;
    }

    [Theory]
    [InlineData("policy/v1beta1", "Eviction", 404)]
    [InlineData("policy/v1", "Eviction", 404)]
    [InlineData("policy/v1beta1", "PodDisruptionBudget", 400)]
    public async Task Evictions_may_be_of_the_version_that_they_came_with(string apiVersion, string kind, int code)
    {
        Answer answer = await SendAsync(
            "POST",
            Pods + "/none/eviction",
            $$$"""{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","metadata":{"name":"none"}}""");
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task Warnings_that_are_too_long_together_are_cut()
    {
        string unknown = string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"{new string('x', 300)}{i:D2}\":1"));
        Answer answer = await SendAsync(
            "POST", ConfigMaps + "?dryRun=All", $$$"""{"metadata":{"name":"warned"},{{{unknown}}}}""");
        Assert.Equal(16, answer.Warnings.Length);
        Assert.All(answer.Warnings, one => Assert.Equal(256, one.Replace("\\\"", "\"")["299 - \"".Length..^1].Length));
    }

    private async Task<Answer> CreateAsync(string path, string body)
    {
        Answer answer = await SendAsync("POST", path, body);
        Assert.True(answer.Code is 201 or 409, answer.Text);
        return answer;
    }

    private async Task<Answer> SendAsync(
        string method, string path, string? body = null, string type = "application/json", string? user = null,
        string? accept = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, new MediaTypeHeaderValue(type));
        }

        if (user is not null)
        {
            request.Headers.Add("Impersonate-User", user);
        }

        if (accept is not null)
        {
            request.Headers.Add("Accept", accept);
        }

        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using HttpResponseMessage answer = await server.Client.SendAsync(request, cancellation);
        return new Answer(
            answer.StatusCode,
            await answer.Content.ReadAsStringAsync(cancellation),
            answer.Headers.TryGetValues("Warning", out IEnumerable<string>? warnings) ? [.. warnings] : []);
    }

    private static string[] Names(Answer list) =>
    [
        .. list.Json.GetProperty("items").EnumerateArray()
            .Select(one => one.GetProperty("metadata").GetProperty("name").GetString()!),
    ];

    private sealed record Answer(HttpStatusCode Status, string Text, string[] Warnings)
    {
        public int Code => (int)Status;

        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        public string Message => Json.GetProperty("message").GetString()!;
    }
}
