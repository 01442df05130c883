using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>Error met while attaching or detaching.</summary>
[ApiType("io.k8s.api.storage.v1.VolumeError")]
public sealed partial record VolumeError
{
    /// <summary>When it happened.</summary>
    [Field(1)]
    public partial Time Time { get; init; }

    /// <summary>Description of the error; must not hold secrets.</summary>
    [Field(2)]
    public partial string Message { get; init; }

    /// <summary>gRPC code of the error, if it came from a CSI call.</summary>
    [Field(3)]
    public partial int? ErrorCode { get; init; }
}
