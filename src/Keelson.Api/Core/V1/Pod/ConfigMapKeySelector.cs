using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Points at one key of a ConfigMap.</summary>
[ApiType("io.k8s.api.core.v1.ConfigMapKeySelector", Atomic = true)]
public sealed partial record ConfigMapKeySelector
{
    /// <summary>Points at one key of a ConfigMap.</summary>
    [Field(1, Inline = true)]
    public partial LocalObjectReference LocalObjectReference { get; init; }

    /// <summary>The key within its data. Required.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>If true a missing ConfigMap or key is not an error. Defaults to false.</summary>
    [Field(3)]
    public partial bool? Optional { get; init; }
}
