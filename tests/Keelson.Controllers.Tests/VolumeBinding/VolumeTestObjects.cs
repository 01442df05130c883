using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Controllers.VolumeBinding;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.VolumeBinding;

/// <summary>Small volumes, claims and what is around them.</summary>
internal static class VolumeTestObjects
{
    public static PersistentVolume Volume(string name, string size, string @class = "", params string[] modes) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Uid = "uid-" + name },
        Spec = new PersistentVolumeSpec
        {
            Capacity = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse(size)),
            AccessModes = modes.Length == 0 ? ["ReadWriteOnce"] : modes.ToApiList(),
            StorageClassName = @class,
            PersistentVolumeReclaimPolicy = PersistentVolumeReclaimPolicy.Retain,
        },
        Status = PersistentVolumeStatus.Empty with { Phase = PersistentVolumePhase.Available },
    };

    public static PersistentVolumeClaim Claim(string name, string size, string? @class = "") => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Namespace = "n", Uid = "uid-" + name },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            Resources = VolumeResourceRequirements.Empty with
            {
                Requests = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse(size)),
            },
            StorageClassName = @class,
        },
        Status = PersistentVolumeClaimStatus.Empty with { Phase = PersistentVolumeClaimPhase.Pending },
    };

    public static PersistentVolume Reserved(this PersistentVolume volume, PersistentVolumeClaim claim, bool withUid) =>
        volume with
        {
            Spec = volume.Spec with
            {
                ClaimRef = new ObjectReference
                {
                    Name = claim.Metadata.Name,
                    Namespace = claim.Metadata.Namespace,
                    Uid = withUid ? claim.Metadata.Uid : "",
                },
            },
        };

    public static T Noted<T>(T obj, string key, string value)
        where T : class, Keelson.Api.Kinds.IKind<T> =>
        (T)obj.WithMetadata(obj.Metadata with { Annotations = obj.Metadata.Annotations.With(key, value) });

    public static StorageClass Class(string name, string provisioner, bool isDelayed = false) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Provisioner = provisioner,
        VolumeBindingMode = isDelayed ? VolumeBindingMode.WaitForFirstConsumer : VolumeBindingMode.Immediate,
    };

    public static ClaimSurroundings Known(
        IReadOnlyList<PersistentVolume> volumes, StorageClass? @class = null, string? fallback = null, params string[] pods) => new()
    {
        Volumes = volumes,
        Volume = name => volumes.FirstOrDefault(one => one.Metadata.Name == name),
        Class = name => @class?.Metadata.Name == name ? @class : null,
        DefaultClass = () => fallback,
        PodsToSchedule = () => pods,
    };
}
