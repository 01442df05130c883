using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Amount of a shared counter.</summary>
[ApiType("io.k8s.api.resource.v1.Counter")]
public sealed partial record Counter
{
    /// <summary>How much is available, or consumed.</summary>
    [Field(1, Always = true, Required = true)]
    public partial Quantity Value { get; init; }
}
