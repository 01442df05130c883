using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>Deprecated: a Ceph block device.</summary>
[ApiType("io.k8s.api.core.v1.RBDVolumeSource")]
public sealed partial record RBDVolumeSource
{
    /// <summary>Addresses of the monitors.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Monitors { get; init; }

    /// <summary>Name of the image.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Image { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(3)]
    public partial string FsType { get; init; }

    /// <summary>Name of the pool. Defaults to rbd.</summary>
    [Field(4, Default = "\"rbd\"")]
    public partial string Pool { get; init; }

    /// <summary>Ceph user. Defaults to admin.</summary>
    [Field(5, Default = "\"admin\"")]
    public partial string User { get; init; }

    /// <summary>File with the keys. Defaults to /etc/ceph/keyring.</summary>
    [Field(6, Default = "\"/etc/ceph/keyring\"")]
    public partial string Keyring { get; init; }

    /// <summary>Secret with the key; wins over keyring.</summary>
    [Field(7)]
    public partial LocalObjectReference? SecretRef { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(8)]
    public partial bool ReadOnly { get; init; }
}
