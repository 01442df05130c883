using Keelson.Api.Kinds;

namespace Keelson.Api.Authorization.V1;

/// <summary>Action on a URL that is not a resource.</summary>
[ApiType("io.k8s.api.authorization.v1.NonResourceAttributes")]
public sealed partial record NonResourceAttributes
{
    /// <summary>Path of the URL.</summary>
    [Field(1)]
    public partial string Path { get; init; }

    /// <summary>HTTP verb in lower case.</summary>
    [Field(2)]
    public partial string Verb { get; init; }
}
