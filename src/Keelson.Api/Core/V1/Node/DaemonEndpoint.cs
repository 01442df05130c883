using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Port of one daemon.</summary>
[ApiType("io.k8s.api.core.v1.DaemonEndpoint")]
public sealed partial record DaemonEndpoint
{
    /// <summary>Number of the port. Note the capital initial in JSON.</summary>
    [Field(1, Json = "Port", Always = true, Required = true)]
    public partial int Port { get; init; }
}
