using Keelson.Api.Networking.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Networking.V1;

public sealed class IngressTests
{
    [Fact]
    public void Paths_must_be_absolute_and_plain() => Assert.Equal(
        [
            "spec.rules[0].http.paths[0].path: Invalid value: \"foo//bar/..\": must be an absolute path",
            "spec.rules[0].http.paths[0].path: Invalid value: \"foo//bar/..\": must not contain '//'",
            "spec.rules[0].http.paths[0].path: Invalid value: \"foo//bar/..\": cannot end with '/..'",
            "spec.rules[0].http.paths[1].pathType: Unsupported value: \"Regex\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"",
        ],
        KindProbe.CreateErrors<Ingress>("""
            {"spec":{"rules":[{"host":"*.example.com","http":{"paths":[
              {"path":"foo//bar/..","pathType":"Prefix","backend":{"service":{"name":"a","port":{"number":80}}}},
              {"path":"/","pathType":"Regex","backend":{"service":{"name":"a","port":{"name":"web"}}}}]}}]}}
            """));

    [Fact]
    public void A_backend_is_a_service_or_a_resource() => Assert.Equal(
        [
            "spec.defaultBackend: Invalid value: \"\": cannot set both resource and service backends",
        ],
        KindProbe.CreateErrors<Ingress>("""
            {"spec":{"defaultBackend":{"service":{"name":"a","port":{"number":80}},"resource":{"kind":"Bucket","name":"b"}}}}
            """));

    [Fact]
    public void Something_must_answer() => Assert.Equal(
        ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"],
        KindProbe.CreateErrors<Ingress>("""{"spec":{}}"""));

    [Fact]
    public void Only_a_changed_spec_is_a_new_generation()
    {
        const string spec = """{"spec":{"defaultBackend":{"service":{"name":"a","port":{"number":80}}}}}""";
        Ingress old = KindProbe.Create<Ingress>(spec);
        Ingress labelled = KindProbe.Read<Ingress>("""{"metadata":{"labels":{"a":"b"}},""" + spec[1..]);
        Assert.Equal(1, Ingress.PrepareForUpdate(labelled, old, KindProbe.Context).Metadata.Generation);
        Ingress other = KindProbe.Read<Ingress>(spec.Replace("80", "81", StringComparison.Ordinal));
        Assert.Equal(2, Ingress.PrepareForUpdate(other, old, KindProbe.Context).Metadata.Generation);
    }

    [Fact]
    public void The_row_shows_three_hosts_and_counts_the_rest() => Assert.Equal(
        "web | <none> | a.io,b.io,c.io + 1 more... | 10.0.0.1 | 80, 443 | 2m",
        KindProbe.Row(KindProbe.Read<Ingress>("""
            {"metadata":{"name":"web","creationTimestamp":"2026-01-02T03:04:05Z"},
             "spec":{"tls":[{"hosts":["a.io"]}],"rules":[{"host":"a.io"},{"host":"b.io"},{"host":"c.io"},{"host":"d.io"}]},
             "status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]}}}
            """)));
}
