using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Paths and backends for one host.</summary>
[ApiType("io.k8s.api.networking.v1.IngressRule")]
public sealed partial record IngressRule
{
    /// <summary>
    /// Fully qualified name of the host, without port or IP address. It may start with a wildcard label, as in
    /// *.example.com, which stands for exactly one label. If empty, the rule applies to all hosts.
    /// </summary>
    [Field(1)]
    public partial string Host { get; init; }

    /// <summary>Paths and backends for one host.</summary>
    [Field(2, Inline = true)]
    public partial IngressRuleValue IngressRuleValue { get; init; }
}
