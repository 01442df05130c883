using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>The shard that was used for a response.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo")]
public sealed partial record ShardInfo
{
    /// <summary>The shard selector that the server applied.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Selector { get; init; }
}
