using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a Ceph file system.</summary>
[ApiType("io.k8s.api.core.v1.CephFSVolumeSource")]
public sealed partial record CephFSVolumeSource
{
    /// <summary>Addresses of the monitors.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Monitors { get; init; }

    /// <summary>Directory to mount. Defaults to /.</summary>
    [Field(2)]
    public partial string Path { get; init; }

    /// <summary>Ceph user. Defaults to admin.</summary>
    [Field(3)]
    public partial string User { get; init; }

    /// <summary>File with the key. Defaults to /etc/ceph/user.secret.</summary>
    [Field(4)]
    public partial string SecretFile { get; init; }

    /// <summary>Secret with the key; wins over secretFile.</summary>
    [Field(5)]
    public partial LocalObjectReference? SecretRef { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(6)]
    public partial bool ReadOnly { get; init; }
}
