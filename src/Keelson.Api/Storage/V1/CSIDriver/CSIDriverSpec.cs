using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Storage.V1;

/// <summary>Capabilities and wishes of a CSI driver.</summary>
[ApiType("io.k8s.api.storage.v1.CSIDriverSpec")]
public sealed partial record CSIDriverSpec
{
    /// <summary>
    /// Whether volumes must be attached through a VolumeAttachment before they are mounted. Defaults to true;
    /// immutable.
    /// </summary>
    [Field(1)]
    public partial bool? AttachRequired { get; init; }

    /// <summary>
    /// Whether name, namespace, UID and service account of the pod are passed to the driver when it mounts a
    /// volume. Defaults to false.
    /// </summary>
    [Field(2)]
    public partial bool? PodInfoOnMount { get; init; }

    /// <summary>
    /// Kinds of volumes the driver supports: Persistent (claims and volumes), Ephemeral (inline in the pod) or
    /// both. Defaults to Persistent; immutable.
    /// </summary>
    [Field(3, List = ListType.Set, GoType = "v1.VolumeLifecycleMode")]
    public partial ApiList<string> VolumeLifecycleModes { get; init; }

    /// <summary>
    /// Whether the scheduler should heed CSIStorageCapacity objects published by the driver. Defaults to false.
    /// </summary>
    [Field(4)]
    public partial bool? StorageCapacity { get; init; }

    /// <summary>
    /// Whether ownership of the volume follows the pod's fsGroup: ReadWriteOnceWithFSType, File (always) or None.
    /// Defaults to ReadWriteOnceWithFSType.
    /// </summary>
    [Field(5, GoType = "v1.FSGroupPolicy")]
    public partial string? FsGroupPolicy { get; init; }

    /// <summary>
    /// Service account tokens of the pod that are handed to the driver when it mounts; each audience at most once.
    /// </summary>
    [Field(6, List = ListType.Atomic)]
    public partial ApiList<TokenRequest> TokenRequests { get; init; }

    /// <summary>
    /// Whether the driver is asked to publish the volume again from time to time, for example to refresh tokens.
    /// Defaults to false.
    /// </summary>
    [Field(7)]
    public partial bool? RequiresRepublish { get; init; }

    /// <summary>
    /// Whether the driver can mount volumes with the SELinux context option, which spares relabelling. Defaults to
    /// false.
    /// </summary>
    [Field(8)]
    public partial bool? SeLinuxMount { get; init; }

    /// <summary>
    /// Seconds between refreshes of the volume limits in CSINode; at least 10. If not set, they are not refreshed
    /// periodically.
    /// </summary>
    [Field(9)]
    public partial long? NodeAllocatableUpdatePeriodSeconds { get; init; }

    /// <summary>
    /// Whether tokens reach the driver in the secrets field of the request instead of the volume context. Needs
    /// tokenRequests; defaults to false.
    /// </summary>
    [Field(10)]
    public partial bool? ServiceAccountTokenInSecrets { get; init; }

    /// <summary>
    /// Whether pods that use the driver's volumes are kept off nodes where the driver is not registered. Defaults
    /// to false; needs the VolumeLimitScaling feature.
    /// </summary>
    [Field(11)]
    public partial bool? PreventPodSchedulingIfMissing { get; init; }
}
