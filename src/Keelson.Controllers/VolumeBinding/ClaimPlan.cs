using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.VolumeBinding;

/// <summary>What to do about a claim.</summary>
internal enum ClaimStep
{
    /// <summary>It waits, and says so.</summary>
    Wait,

    /// <summary>It gets a volume, or is bound already, which is made sure of.</summary>
    Bind,

    /// <summary>Its volume is gone for good.</summary>
    Lose,

    /// <summary>It is written; that leads to another look.</summary>
    Write,

    /// <summary>It waits for a provisioner, who is told by its annotations.</summary>
    Provision,

    /// <summary>Something stands in its way that only somebody else can mend.</summary>
    Refuse,
}

/// <summary>An event about a claim or a volume.</summary>
internal sealed record VolumeEvent(string Type, string Reason, string Message);

/// <summary>What is known that matters to a claim.</summary>
internal sealed record ClaimSurroundings
{
    /// <summary>All volumes.</summary>
    public required IEnumerable<PersistentVolume> Volumes { get; init; }

    /// <summary>A volume by name.</summary>
    public required Func<string, PersistentVolume?> Volume { get; init; }

    /// <summary>A class by name.</summary>
    public required Func<string, StorageClass?> Class { get; init; }

    /// <summary>The class of claims that name none; null when there is none.</summary>
    public required Func<string?> DefaultClass { get; init; }

    /// <summary>The pods that use the claim and are on no node yet.</summary>
    public required Func<IReadOnlyList<string>> PodsToSchedule { get; init; }
}

/// <summary>What to do about a claim.</summary>
/// <param name="Step">The kind of step.</param>
/// <param name="Volume">The volume, when it is to be bound.</param>
/// <param name="Changed">The claim, when it is to be written.</param>
/// <param name="Event">What to tell; null for nothing.</param>
internal sealed record ClaimPlan(
    ClaimStep Step, PersistentVolume? Volume = null, PersistentVolumeClaim? Changed = null, VolumeEvent? Event = null)
{
    private const string Normal = "Normal";
    private const string Warning = "Warning";

    /// <summary>Decides.</summary>
    public static ClaimPlan Compute(PersistentVolumeClaim claim, ClaimSurroundings known)
    {
        ApiMap<string> annotations = claim.Metadata.Annotations;
        string? provisioner = annotations.GetValueOrDefault(StorageNotes.Provisioner)
            ?? annotations.GetValueOrDefault(StorageNotes.BetaProvisioner);
        ApiMap<string> migrated = StorageNotes.WithMigration(annotations, provisioner);
        if (migrated != annotations)
        {
            ObjectMeta meta = claim.Metadata with { Annotations = migrated };
            return new(ClaimStep.Write, Changed: claim with { Metadata = meta });
        }

        return annotations.ContainsKey(StorageNotes.BindCompleted) ? Completed(claim, known)
            : claim.Spec.VolumeName.Length == 0 ? Unbound(claim, known)
            : Requested(claim, known);
    }

    private static ClaimPlan Unbound(PersistentVolumeClaim claim, ClaimSurroundings known)
    {
        string name = StorageNotes.ClassOf(claim);
        StorageClass? @class = name.Length == 0 ? null : known.Class(name);
        bool isDelayed = @class?.VolumeBindingMode == VolumeBindingMode.WaitForFirstConsumer;
        if (VolumeMatching.Best(claim, known.Volumes, isDelayed) is { } volume)
        {
            return new(ClaimStep.Bind, volume);
        }

        if (!StorageNotes.NamesClass(claim) && known.DefaultClass() is { } fallback)
        {
            return new(ClaimStep.Write, Changed: claim with { Spec = claim.Spec with { StorageClassName = fallback } });
        }

        if (isDelayed && !claim.Metadata.Annotations.ContainsKey(StorageNotes.SelectedNode))
        {
            return Waiting(Delay(known.PodsToSchedule()));
        }

        return name.Length > 0 ? Provision(claim, name, @class) : Waiting(new(
            Normal, "FailedBinding", "no persistent volumes available for this claim and no storage class is set"));
    }

    private static VolumeEvent Delay(IReadOnlyList<string> pods) => pods.Count switch
    {
        0 => new(Normal, "WaitForFirstConsumer", "waiting for first consumer to be created before binding"),
        1 => new(Normal, "WaitForPodScheduled", $"waiting for pod {pods[0]} to be scheduled"),
        _ => new(Normal, "WaitForPodScheduled", $"waiting for pods {string.Join(',', pods)} to be scheduled"),
    };

    /// <summary>All provisioners are external; of those that were part of Kubernetes, drivers have taken over
    /// some.</summary>
    private static ClaimPlan Provision(PersistentVolumeClaim claim, string name, StorageClass? @class)
    {
        if (@class is null)
        {
            return Refused($"storageclass.storage.k8s.io \"{name}\" not found");
        }

        string provisioner = StorageNotes.DriverFor(@class.Provisioner) ?? @class.Provisioner;
        if (provisioner.StartsWith("kubernetes.io/", StringComparison.Ordinal))
        {
            return Refused("no volume plugin matched name: " + provisioner);
        }

        string message = $"Waiting for a volume to be created either by the external provisioner '{provisioner}' or "
            + "manually by the system administrator. If volume creation is delayed, please verify that the provisioner "
            + "is running and correctly registered.";
        return new(
            ClaimStep.Provision,
            Changed: VolumeBond.Provisioned(claim, provisioner),
            Event: new(Normal, "ExternalProvisioning", message));
    }

    /// <summary>A claim whose user named the volume.</summary>
    private static ClaimPlan Requested(PersistentVolumeClaim claim, ClaimSurroundings known)
    {
        if (known.Volume(claim.Spec.VolumeName) is not { } volume)
        {
            return Waiting(null);
        }

        if (volume.Spec.ClaimRef is null)
        {
            string unfit = $"Cannot bind to requested volume \"{volume.Metadata.Name}\": ";
            return VolumeMatching.Mismatch(claim, volume) is { } reason
                ? Waiting(new(Warning, "VolumeMismatch", unfit + reason))
                : new(ClaimStep.Bind, volume);
        }

        if (VolumeMatching.IsFor(volume, claim))
        {
            return new(ClaimStep.Bind, volume);
        }

        VolumeEvent taken = new(
            Warning, "FailedBinding", $"volume \"{volume.Metadata.Name}\" already bound to a different claim.");
        return claim.Metadata.Annotations.ContainsKey(StorageNotes.BoundByController)
            ? new(ClaimStep.Refuse, Event: taken)
            : Waiting(taken);
    }

    /// <summary>A claim that was bound once.</summary>
    private static ClaimPlan Completed(PersistentVolumeClaim claim, ClaimSurroundings known)
    {
        if (claim.Spec.VolumeName.Length == 0)
        {
            return Lost("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
        }

        if (known.Volume(claim.Spec.VolumeName) is not { } volume)
        {
            return Lost("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
        }

        return volume.Spec.ClaimRef is null || volume.Spec.ClaimRef.Uid == claim.Metadata.Uid
            ? new(ClaimStep.Bind, volume)
            : Lost("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
    }

    private static ClaimPlan Waiting(VolumeEvent? told) => new(ClaimStep.Wait, Event: told);

    private static ClaimPlan Refused(string message) =>
        new(ClaimStep.Refuse, Event: new(Warning, "ProvisioningFailed", message));

    private static ClaimPlan Lost(string reason, string message) =>
        new(ClaimStep.Lose, Event: new(Warning, reason, message));
}
