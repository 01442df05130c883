using Keelson.Api.ApiRegistration.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.ApiRegistration.V1;

public sealed class APIServiceTests
{
    private const string Remote = """
        {"metadata":{"name":"v1.x.example.com"},"spec":{"group":"x.example.com","version":"v1","groupPriorityMinimum":1000,
          "versionPriority":10,"insecureSkipTLSVerify":true,"service":{"name":"s","namespace":"n"}}}
        """;

    [Fact]
    public void Services_answer_on_the_port_of_https()
    {
        Assert.Equal(443, KindProbe.Read<APIService>(Remote).Spec.Service!.Port);
        Assert.Empty(KindProbe.CreateErrors<APIService>(Remote));
    }

    [Fact]
    public void The_name_is_the_version_and_the_group() => Assert.Equal(
        ["metadata.name: Invalid value: \"y\": must be `spec.version+\".\"+spec.group`: \"v1.x.example.com\""],
        KindProbe.CreateErrors<APIService>(Remote.Replace("\"v1.x.example.com\"", "\"y\"", StringComparison.Ordinal)));

    [Fact]
    public void The_row_shows_who_answers() => Assert.Equal(
        "v1.x.example.com | n/s | Unknown | 2m",
        KindProbe.Row(KindProbe.Read<APIService>(
            Remote.Replace("\"metadata\":{", "\"metadata\":{\"creationTimestamp\":\"2026-01-02T03:04:05Z\",", StringComparison.Ordinal))));
}
