using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>How an object is to be read.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.GetOptions", SelfVersion = "v1")]
public sealed partial record GetOptions
{
    /// <summary>
    /// Absent reads the latest state, 0 any state in the cache, another value one that is at least as new.
    /// </summary>
    [Field(1)]
    public partial string ResourceVersion { get; init; }
}
