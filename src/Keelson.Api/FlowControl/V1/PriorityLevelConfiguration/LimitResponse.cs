using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>What happens to requests that cannot be executed at once.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.LimitResponse")]
public sealed partial record LimitResponse
{
    /// <summary>Queue lets them wait, Reject turns them away with status 429.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.LimitResponseType")]
    public partial string Type { get; init; }

    /// <summary>Queue settings; only allowed when type is Queue.</summary>
    [Field(2)]
    public partial QueuingConfiguration? Queuing { get; init; }
}
