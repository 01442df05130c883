using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A container image on a node.</summary>
[ApiType("io.k8s.api.core.v1.ContainerImage")]
public sealed partial record ContainerImage
{
    /// <summary>Names of the image, with tags and digests.</summary>
    [Field(1, Always = true, List = ListType.Atomic)]
    public partial ApiList<string> Names { get; init; }

    /// <summary>Size of the image in bytes.</summary>
    [Field(2)]
    public partial long SizeBytes { get; init; }
}
