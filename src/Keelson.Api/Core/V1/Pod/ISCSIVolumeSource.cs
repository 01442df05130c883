using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A device of an iSCSI target.</summary>
[ApiType("io.k8s.api.core.v1.ISCSIVolumeSource")]
public sealed partial record ISCSIVolumeSource
{
    /// <summary>Address of the portal, with port unless it is 860 or 3260.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string TargetPortal { get; init; }

    /// <summary>Qualified name of the target.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Iqn { get; init; }

    /// <summary>Logical unit number.</summary>
    [Field(3, Always = true, Required = true)]
    public partial int Lun { get; init; }

    /// <summary>Interface to use. Defaults to default (tcp).</summary>
    [Field(4, Default = "\"default\"")]
    public partial string IscsiInterface { get; init; }

    /// <summary>File system type. Defaults to ext4.</summary>
    [Field(5)]
    public partial string FsType { get; init; }

    /// <summary>Mounts it read only. Defaults to false.</summary>
    [Field(6)]
    public partial bool ReadOnly { get; init; }

    /// <summary>Further portals, for multipath.</summary>
    [Field(7, List = ListType.Atomic)]
    public partial ApiList<string> Portals { get; init; }

    /// <summary>Whether CHAP is used for discovery.</summary>
    [Field(8)]
    public partial bool ChapAuthDiscovery { get; init; }

    /// <summary>Whether CHAP is used for sessions.</summary>
    [Field(11)]
    public partial bool ChapAuthSession { get; init; }

    /// <summary>Secret with CHAP credentials.</summary>
    [Field(10)]
    public partial LocalObjectReference? SecretRef { get; init; }

    /// <summary>Name of the initiator, instead of that of the node.</summary>
    [Field(12)]
    public partial string? InitiatorName { get; init; }
}
