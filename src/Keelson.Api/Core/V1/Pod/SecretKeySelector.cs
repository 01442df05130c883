using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points at one key of a Secret.</summary>
[ApiType("io.k8s.api.core.v1.SecretKeySelector", Atomic = true)]
public sealed partial record SecretKeySelector
{
    /// <summary>Points at one key of a Secret.</summary>
    [Field(1, Inline = true)]
    public partial LocalObjectReference LocalObjectReference { get; init; }

    /// <summary>The key within its data. Required and must be a valid key.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>If true a missing Secret or key is not an error. Defaults to false.</summary>
    [Field(3)]
    public partial bool? Optional { get; init; }
}
