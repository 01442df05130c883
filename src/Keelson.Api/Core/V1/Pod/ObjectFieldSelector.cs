using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Selects a field of an object by its path.</summary>
[ApiType("io.k8s.api.core.v1.ObjectFieldSelector", Atomic = true)]
public sealed partial record ObjectFieldSelector
{
    /// <summary>API version in whose schema the path is written. Defaults to v1.</summary>
    [Field(1)]
    public partial string ApiVersion { get; init; }

    /// <summary>Path of the field, for example metadata.labels['app']. Required.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string FieldPath { get; init; }
}
