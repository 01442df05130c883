using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>
/// An object all of whose entries become environment variables. Either a ConfigMap or a Secret.
/// </summary>
[ApiType("io.k8s.api.core.v1.EnvFromSource")]
public sealed partial record EnvFromSource
{
    /// <summary>Text put in front of every name taken from the source.</summary>
    [Field(1)]
    public partial string Prefix { get; init; }

    /// <summary>The ConfigMap to read.</summary>
    [Field(2)]
    public partial ConfigMapEnvSource? ConfigMapRef { get; init; }

    /// <summary>The Secret to read.</summary>
    [Field(3)]
    public partial SecretEnvSource? SecretRef { get; init; }
}
