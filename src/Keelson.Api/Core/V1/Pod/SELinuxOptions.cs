using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>Parts of an SELinux label.</summary>
[ApiType("io.k8s.api.core.v1.SELinuxOptions")]
public sealed partial record SELinuxOptions
{
    /// <summary>User part of the label.</summary>
    [Field(1)]
    public partial string User { get; init; }

    /// <summary>Role part of the label.</summary>
    [Field(2)]
    public partial string Role { get; init; }

    /// <summary>Type part of the label.</summary>
    [Field(3)]
    public partial string Type { get; init; }

    /// <summary>Level part of the label.</summary>
    [Field(4)]
    public partial string Level { get; init; }
}
