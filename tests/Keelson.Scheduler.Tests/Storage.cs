using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;

namespace Keelson.Scheduler.Tests;

/// <summary>Claims, volumes and classes in a line.</summary>
internal static class Storage
{
    public static Pod Claiming(this Pod pod, params string[] claims) => pod with
    {
        Spec = pod.Spec with
        {
            Volumes =
            [
                .. claims.Select(one => new Volume
                {
                    Name = one, VolumeSource = new() { PersistentVolumeClaim = new() { ClaimName = one } },
                }),
            ],
        },
    };

    public static PersistentVolumeClaim Claim(
        string name, string bound = "", string @class = "late", string size = "5Gi", string mode = "ReadWriteOnce",
        string annotations = "") => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Namespace = "default",
            Name = name,
            Uid = "claim-" + name,
            Annotations =
                Objects.Labels(bound.Length > 0 ? "pv.kubernetes.io/bind-completed=yes" : annotations),
        },
        Spec = new()
        {
            AccessModes = [mode],
            VolumeName = bound,
            StorageClassName = @class,
            Resources = new() { Requests = Objects.Amounts("storage=" + size) },
        },
    };

    public static PersistentVolume Volume(
        string name, string zone = "", string size = "5Gi", string labels = "", string handle = "",
        string @for = "") => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name, Labels = Objects.Labels(labels) },
        Spec = new()
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = "late",
            Capacity = Objects.Amounts("storage=" + size),
            ClaimRef = @for.Length == 0 ? null : new ObjectReference { Namespace = "default", Name = @for },
            NodeAffinity = zone.Length == 0 ? null : new() { Required = Zone(zone) },
            PersistentVolumeSource =
                handle.Length == 0 ? new() : new() { Csi = new() { Driver = "csi.test", VolumeHandle = handle } },
        },
        Status = new() { Phase = "Available" },
    };

    public static StorageClass Class(string name, string provisioner, string mode = "WaitForFirstConsumer") => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Provisioner = provisioner,
        VolumeBindingMode = mode,
    };

    private static NodeSelector Zone(string zone) => new()
    {
        NodeSelectorTerms =
        [
            new() { MatchExpressions = [new() { Key = "zone", Operator = "In", Values = [zone] }] },
        ],
    };
}
