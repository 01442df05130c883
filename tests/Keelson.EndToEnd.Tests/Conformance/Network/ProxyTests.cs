using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Network;

/// <summary>Requests that the API server passes on to pods and services.</summary>
public sealed class ProxyTests(NodeClusterFixture cluster) : NodeConformanceTest(cluster)
{
    private static readonly string[] Methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

    private string Root => $"/api/v1/namespaces/{Space.Namespace}/";

    [Fact]
    [Conformance("[sig-network] Proxy version v1 should proxy through a service and a pod")]
    public async Task Should_proxy_through_a_service_and_a_pod()
    {
        await CreatePorterAsync();
        Dictionary<string, string> expected = new()
        {
            [Service("", "portname1")] = "foo",
            [Service("", "portname2")] = "bar",
            [Service("http", "portname1")] = "foo",
            [Service("http", "portname2")] = "bar",
            [Service("https", "tlsportname1")] = "tls baz",
            [Service("https", "tlsportname2")] = "tls qux",
            [Pod("", "")] = Link(Pod("", "")),
            [Pod("", "1080")] = Link(Pod("", "1080")),
            [Pod("", "160")] = "foo",
            [Pod("", "162")] = "bar",
            [Pod("http", "1080")] = Link(Pod("http", "1080")),
            [Pod("http", "160")] = "foo",
            [Pod("http", "162")] = "bar",
            [Pod("https", "443")] = Link(Pod("https", "443")),
            [Pod("https", "460")] = "tls baz",
            [Pod("https", "462")] = "tls qux",
        };
        await ReachedAsync(Service("", "portname1") + "/");
        for (int attempt = 0; attempt < 20; attempt++)
        {
            await Parallel.ForEachAsync(expected, async (one, cancellation) =>
            {
                using HttpResponseMessage response = await Cluster.Client.GetAsync(one.Key + "/", cancellation);
                string body = await response.Content.ReadAsStringAsync(cancellation);
                Assert.Equal((one.Key, 200, one.Value), (one.Key, (int)response.StatusCode, body));
            });
        }
    }

    [Fact]
    [Conformance(
        "[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service ProxyWithPath")]
    public async Task A_set_of_valid_responses_are_returned_for_both_pod_and_service_ProxyWithPath()
    {
        foreach (string target in await CreateEchoAsync())
        {
            foreach (string method in Methods)
            {
                await AnswersAsync(method, $"{target}/proxy/some/path/with/{method}", $"/some/path/with/{method}");
            }
        }
    }

    [Fact]
    [Conformance(
        "[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service Proxy")]
    public async Task A_set_of_valid_responses_are_returned_for_both_pod_and_service_Proxy()
    {
        foreach (string target in await CreateEchoAsync())
        {
            foreach (string method in Methods)
            {
                Uri asked = await AnswersAsync(method, $"{target}/proxy?method={method}", $"/?method={method}");

                // Links of a page at the root would lead nowhere without the slash, so browsers are sent there.
                Assert.Equal(
                    target + (method is "GET" or "HEAD" ? "/proxy/" : "/proxy"), asked.AbsolutePath);
            }
        }
    }

    private static string Link(string proxy) => $"""<a href="{proxy}/rewriteme">test</a>""";

    private string Service(string scheme, string port) => $"{Root}services/{Prefix(scheme)}porter:{port}/proxy";

    private string Pod(string scheme, string port) =>
        $"{Root}pods/{Prefix(scheme)}porter{(port.Length > 0 ? ":" + port : "")}/proxy";

    private static string Prefix(string scheme) => scheme.Length > 0 ? scheme + ":" : "";

    /// <summary>Starts a pod that says how it was asked, and a service before it.</summary>
    private async Task<string[]> CreateEchoAsync()
    {
        await Space.ServeAsync(ServicePods.Server("echo", "echo", "80 0", "ports: [{containerPort: 80}]"));
        await Space.Services.CreateAsync("metadata: {name: echo}\nspec: {selector: {app: echo}, ports: [{port: 80}]}");
        await ReachedAsync(Root + "services/echo/proxy/");
        return [Root + "pods/echo", Root + "services/echo"];
    }

    private async Task<Uri> AnswersAsync(string method, string path, string seen)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await Cluster.Client.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{method} {path}: {(int)response.StatusCode} {body}");
        if (method == "HEAD")
        {
            Assert.Equal("", body);
        }
        else
        {
            JsonNode answer = JsonNode.Parse(body)!;
            Assert.Equal((method, seen, "foo"), (answer.Text("Method"), answer.Text("Path"), answer.Text("Body")));
        }

        return response.RequestMessage!.RequestUri!;
    }

    private async Task ReachedAsync(string path)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage response = await Cluster.Client.GetAsync(path);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20),
                $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            await Task.Delay(20);
        }
    }

    /// <summary>A pod that serves something on several ports, on some with TLS, and a service before them.</summary>
    private async Task CreatePorterAsync()
    {
        (string certificate, string key) = Pair();
        await Space.ConfigMaps.CreateAsync(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "porter" },
            ["data"] = new JsonObject
            {
                ["nginx.conf"] = Configuration(),
                ["tls.crt"] = certificate,
                ["tls.key"] = key,
            },
        }.ToJsonString(JsonSerializerOptions.Default));
        await Space.Services.CreateAsync(
            """
            metadata: {name: porter}
            spec:
              selector: {app: porter}
              ports:
              - {name: portname1, port: 80, targetPort: dest1}
              - {name: portname2, port: 81, targetPort: 162}
              - {name: tlsportname1, port: 443, targetPort: tlsdest1}
              - {name: tlsportname2, port: 444, targetPort: 462}
            """);
        await Space.ServeAsync(
            """
            metadata: {name: porter, labels: {app: porter} }
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: conf, configMap: {name: porter} }]
              containers:
              - name: c
                image: nginx:1.25
                ports:
                - {containerPort: 80}
                - {name: dest1, containerPort: 160}
                - {name: dest2, containerPort: 162}
                - {name: tlsdest1, containerPort: 460}
                - {name: tlsdest2, containerPort: 462}
                volumeMounts: [{name: conf, mountPath: /etc/nginx}]
                readinessProbe: {httpGet: {port: 160}, periodSeconds: 1}
            """);
    }

    private static string Configuration()
    {
        const string Page = "<a href=\"/rewriteme\">test</a>";
        (string Port, string Text)[] pages =
        [
            ("80", Page), ("1080", Page), ("160", "foo"), ("162", "bar"),
            ("443 ssl", Page), ("460 ssl", "tls baz"), ("462 ssl", "tls qux"),
        ];
        string servers = string.Concat(pages.Select(static one =>
            $"  server {{ listen {one.Port}; location / {{ return 200 '{one.Text}'; }} }}\n"));
        return $$"""
            user root;
            pid /tmp/nginx.pid;
            error_log /dev/stderr notice;
            events { worker_connections 256; }
            http {
              access_log off;
              default_type text/html;
              client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
              uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
              ssl_certificate tls.crt;
              ssl_certificate_key tls.key;
            {{servers}}
            }

            """;
    }

    private static (string Certificate, string Key) Pair()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=porter", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
