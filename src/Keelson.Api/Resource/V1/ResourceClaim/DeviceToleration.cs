using Keelson.Api.Kinds;

namespace Keelson.Api.Resource.V1;

/// <summary>Taints a request puts up with.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceToleration")]
public sealed partial record DeviceToleration
{
    /// <summary>Key of the taint; empty matches all and needs operator Exists.</summary>
    [Field(1)]
    public partial string Key { get; init; }

    /// <summary>Equal compares the value, Exists does not. Defaults to Equal.</summary>
    [Field(2, Default = "\"Equal\"", Enum = typeof(DeviceTolerationOperator))]
    public partial string Operator { get; init; }

    /// <summary>Value of the taint; must be empty with Exists.</summary>
    [Field(3)]
    public partial string Value { get; init; }

    /// <summary>Effect that is tolerated; empty means all.</summary>
    [Field(4, Enum = typeof(DeviceTaintEffect))]
    public partial string Effect { get; init; }

    /// <summary>Seconds a NoExecute taint is tolerated. If not set, for ever; 0 and below evict at once.</summary>
    [Field(5)]
    public partial long? TolerationSeconds { get; init; }
}
